"""Settings of the own rules, one table per rule under `rules`, from the settings that each rule declares."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, ValidationInfo, create_model

from handlers.common.model.rule import Guard, Rule, Severity
from handlers.common.model.setting import Integer, Setting, Texts, Word
from handlers.rules import RULES
from settings.base import StrictModel, type_of
from settings.errors import problems_of
from settings.exclusions import Exclusions
from settings.fields import Allowed, Listed, Problem, SeverityName, Unit, refused, word_or_list


class OwnRuleSettings(StrictModel):
    """Settings of every own rule."""

    enabled: bool = True
    """whether the rule is deployed"""
    severity: SeverityName | None = None
    """severity of its findings; default: the severity in docs/rules.md"""
    exclude: Exclusions = ()

    def values(self) -> dict[str, Any]:
        """Returns the values of the rule's own settings."""
        own = type(self).model_fields.keys() - OwnRuleSettings.model_fields.keys()
        return {name: getattr(self, name) for name in own}


def _type(form: Integer | Texts | Word) -> Any:
    """Returns the type of a setting's values in pydantic's terms."""
    if isinstance(form, Integer):
        return Annotated[int, Field(ge=form.minimum, le=form.maximum), Unit(form.unit)]
    if isinstance(form, Texts):
        entry: Any = _text(form)
        return Listed[entry]
    word: Any = Literal.__getitem__(form.words)
    return word if form.texts is None else word_or_list(word, form.words, _text(form.texts), form.texts.allowed)


def _text(form: Texts) -> Any:
    return Annotated[str, Field(pattern=form.pattern), Allowed(form.allowed, form.problem)]


def _required(setting: Setting) -> AfterValidator:
    def check(given: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("enabled") is not False and not given:
            raise refused(setting.missing or "no entry", "at least one entry, or enabled = false")
        return given

    return AfterValidator(check)


def _field(setting: Setting) -> Any:
    if setting.default is None and not isinstance(setting.form, Texts):
        return _type(setting.form), Field(description=setting.description)
    if setting.default is None:
        filled: Any = _type(setting.form)
        return Annotated[filled, _required(setting)], Field(
            default=(), validate_default=True, description=setting.description
        )
    return _type(setting.form), Field(default=setting.default, description=setting.description)


def _table(rule: Rule) -> Any:
    """Returns the field of a rule's table, which is required if one of its settings is."""
    settings = rule.source.settings if isinstance(rule.source, Guard) else ()
    name = "".join(word.capitalize() for word in rule.name.split("-"))
    fields: dict[str, Any] = {each.name: _field(each) for each in settings}
    model: Any = create_model(
        f"{name}Settings", __base__=OwnRuleSettings, __doc__=f"Settings of the rule {rule.name}.", **fields
    )
    required = any(each.default is None for each in settings)
    return model, Field(alias=rule.name) if required else Field(default=model(), alias=rule.name)


class RuleTables(StrictModel):
    """The tables of the own rules."""

    def of(self, rule: str) -> OwnRuleSettings:
        """Returns the table of a rule."""
        table: OwnRuleSettings = getattr(self, _identifier(rule))
        return table

    def without(self, rules: Iterable[str]) -> Self:
        """Returns the tables with some rules disabled."""
        tables = {_identifier(each): self.of(each).model_copy(update={"enabled": False}) for each in rules}
        return self.model_copy(update=tables)


def _identifier(rule: str) -> str:
    return rule.replace("-", "_")


if TYPE_CHECKING:
    RuleSettings = RuleTables
else:
    RuleSettings = create_model(
        "RuleSettings",
        __base__=RuleTables,
        __doc__=RuleTables.__doc__,
        **{_identifier(name): _table(rule) for name, rule in RULES.items()},
    )


def table_of(rule: str) -> type[OwnRuleSettings]:
    """Returns the model of a rule's table."""
    model: Any = RuleSettings.model_fields[_identifier(rule)].annotation
    return model  # type: ignore[no-any-return]


def values_of(rule: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values of a rule's settings from some keys of its table; raises ValidationError."""
    return table_of(rule).model_validate(given).values()


def value_problems(rule: str, given: Mapping[str, Any]) -> list[Problem]:
    """Returns the problems of the values of a rule's settings; of a rule without a table here, nothing is known."""
    if _identifier(rule) not in RuleSettings.model_fields:
        return []
    try:
        values_of(rule, given)
    except ValidationError as error:
        return problems_of(error, table_of(rule), "docs/settings.md")
    return []


def allowed_default(setting: Setting) -> str | None:
    """Returns the allowed values if a setting's default is not one of them, or else None."""
    if setting.default is None:
        return None
    declared = _type(setting.form)
    try:
        TypeAdapter(declared).validate_python(setting.default)
    except ValidationError:
        return type_of(declared).allowed
    return None


def in_force(rules: RuleSettings) -> dict[str, Rule]:
    """Returns the enabled rules by name, with the severities of their tables."""
    tables = {name: rules.of(name) for name in RULES}
    return {
        name: replace(rule, severity=Severity(tables[name].severity or rule.severity))
        for name, rule in RULES.items()
        if tables[name].enabled
    }
