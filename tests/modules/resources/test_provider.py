from modules.resources.provider import EUROPEAN, Providers
from tests.support.workbench import Workbench


def test_every_region_that_may_be_removed_later_keeps_its_alias(workbench: Workbench) -> None:
    given = {"account_id": "111122223333", "tags": {"Owner": "platform"}}
    regions = ["eu-west-1", "us-east-1"]
    providers = Providers(workbench.stack, "providers", region="eu-west-1", regions=regions, **given)  # type: ignore[arg-type]
    found = workbench.synthesized()["provider"]["aws"]
    assert {each.get("alias", "home") for each in found} == {"home", "us-east-1", *EUROPEAN} - {"eu-west-1"}
    for each in found:
        assert each["allowed_account_ids"] == ["111122223333"]
        assert each["default_tags"] == [{"tags": {"Owner": "platform"}}]
    home, away = providers.of(regions).values()
    assert home is None and away is not None
