"""An estate of some sixty resources, with the expected evaluation results under the environment's settings."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from handlers.common.model.rule import Managed
from handlers.rules.ec2_instance_type_approved.remediation import OPT_IN_TAG, OPT_IN_VALUE
from handlers.rules.s3_bucket_default_encryption_kms.keys import ANY
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.mocked import IMAGE
from simulation.demo import case_items
from simulation.demo.own_rules import EC2, RDS, S3, approved_types, keys_allowed, minimum_days
from simulation.demo.site.words import count as amount

UNUSUAL_TYPES = ("c5.4xlarge", "m4.xlarge", "r5.8xlarge", "x1e.32xlarge", "p4d.24xlarge")

AES256 = {"SSEAlgorithm": "AES256"}  # S3's default for every new bucket since January 2023

UNENCRYPTED = ("core-banking-3", "core-banking-6")

WAIVED = "waived"
PLANNED_BUCKET = "payments-exports"
"""The bucket on which the demo shows a remediation; its name has the environment as suffix."""

WAIVED_BUCKET = "marketing-assets"
WEAK_DATABASE = "core-banking-5"
"""A database whose backup retention period is too short."""


@dataclass
class Estate:
    """The created resources: their number by kind, and the expected compliance type of each.

    `databases` has for each RDS instance whether its storage is encrypted. `waived` has the results with a waiver in
    force. `instances` are unapproved instances with the opt-in tag for stopping.
    """

    made: Counter[str] = field(default_factory=Counter)
    expected: dict[tuple[str, str], str] = field(default_factory=dict)
    databases: dict[str, bool] = field(default_factory=dict)
    waived: set[tuple[str, str]] = field(default_factory=set)
    instances: list[str] = field(default_factory=list)

    def expect(self, rule: str, resource_id: str, compliance_type: str) -> None:
        """Adds the expected result of a resource."""
        self.expected[rule, resource_id] = compliance_type

    def described(self) -> str:
        """Returns the numbers of created resources as text."""
        return ", ".join(amount(number, kind.removesuffix("s")) for kind, number in self.made.items())

    def results(self) -> Counter[str]:
        """Returns the number of results of each compliance type, with waived results counted separately."""
        counts = Counter(kind for key, kind in self.expected.items() if key not in self.waived)
        return counts + Counter({WAIVED: len(self.waived)})


def seed(cloud: SimulatedAccount, settings: Settings) -> Estate:
    """Creates the estate: most of it in the home region, a branch in each other monitored region."""
    case_items.require(settings)
    estate = Estate()
    _instances(cloud, cloud.region, settings, estate, compliant=18, violating=7)
    estate.instances = _opted_in(cloud, settings, estate, 2)
    _buckets(cloud, settings, estate)
    _databases(cloud, settings, estate)
    for region in settings.monitored_regions:
        if region != cloud.region:
            _branch(cloud, region, settings, estate)
    case_items.create(cloud, settings)
    for each in case_items.case_items(settings):
        for name, result in each.expected.items():
            estate.expect(name, each.item.resource_id, result)
        estate.made["recorded items"] += 1
    for name, rule in settings.catalogue.items():
        if isinstance(rule.source, Managed) and rule.source.identifier == "RDS_STORAGE_ENCRYPTED":
            for identity, encrypted in estate.databases.items():
                estate.expect(name, identity, COMPLIANT if encrypted else NON_COMPLIANT)
    return estate


def _branch(cloud: SimulatedAccount, region: str, settings: Settings, estate: Estate) -> None:
    _instances(cloud, region, settings, estate, compliant=4, violating=1)
    for name, default, compliance_type in (
        ("branch-ledger", _encrypted(settings), COMPLIANT),
        ("branch-exports", AES256, NON_COMPLIANT),
    ):
        bucket = f"{name}-{region}-{settings.environment}"
        make_bucket(cloud, bucket, default, region)
        estate.expect(S3, bucket, compliance_type)
        estate.made["S3 buckets"] += 1
    days = minimum_days(settings)
    identity = _database(cloud, estate, f"branch-{region}", "postgres", region=region, BackupRetentionPeriod=days)
    estate.expect(RDS, identity, COMPLIANT)
    estate.made["RDS instances"] += 1


def _instances(
    cloud: SimulatedAccount, region: str, settings: Settings, estate: Estate, *, compliant: int, violating: int
) -> None:
    approved = [each.replace("*", "large") for each in approved_types(settings)][:4]
    unapproved = [each for each in UNUSUAL_TYPES if not _approves(settings, each)]
    for compliance_type, types, count in ((COMPLIANT, approved, compliant), (NON_COMPLIANT, unapproved, violating)):
        for number, instance_type in enumerate(_round(types, count)):
            for identity in _run(cloud, region, instance_type, f"{compliance_type.lower()}-{number}"):
                estate.expect(EC2, identity, compliance_type)
                estate.made["EC2 instances"] += 1


def _opted_in(cloud: SimulatedAccount, settings: Settings, estate: Estate, count: int) -> list[str]:
    [kind, *_] = [each for each in UNUSUAL_TYPES if not _approves(settings, each)] or [""]
    tags = {OPT_IN_TAG: OPT_IN_VALUE}
    identities = [
        one for number in range(count if kind else 0) for one in _run(cloud, cloud.region, kind, f"m{number}", tags)
    ]
    for identity in identities:
        estate.expect(EC2, identity, NON_COMPLIANT)
        estate.made["EC2 instances"] += 1
    return identities


def _approves(settings: Settings, instance_type: str) -> bool:
    family = instance_type.partition(".")[0]
    return instance_type in approved_types(settings) or f"{family}.*" in approved_types(settings)


def _round(items: list[str], count: int) -> Iterator[str]:
    return (items[number % len(items)] for number in range(count)) if items else iter(())


def _run(
    cloud: SimulatedAccount, region: str, instance_type: str, name: str, more: Mapping[str, str] | None = None
) -> list[str]:
    listed = [{"Key": key, "Value": value} for key, value in {"Name": name, **(more or {})}.items()]
    tags = [{"ResourceType": "instance", "Tags": listed}]
    answer = cloud.client("ec2", region).run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType=instance_type, TagSpecifications=tags
    )
    return [instance["InstanceId"] for instance in answer["Instances"]]


def _buckets(cloud: SimulatedAccount, settings: Settings, estate: Estate) -> None:
    encrypted = _encrypted(settings)
    compliant = ["ledger-archive", "card-transactions", "kyc-documents", "sepa-messages", "risk-models", "tax-reports"]
    compliant += [f"branch-{number:02}-scans" for number in range(1, 8)]
    violating = [PLANNED_BUCKET, "customer-statements", WAIVED_BUCKET, "legacy-dumps", "mortgage-uploads"]
    for names, default, compliance_type in ((compliant, encrypted, COMPLIANT), (violating, AES256, NON_COMPLIANT)):
        for name in (f"{name}-{settings.environment}" for name in names):
            make_bucket(cloud, name, default)
            estate.expect(S3, name, compliance_type)
            estate.made["S3 buckets"] += 1


def _encrypted(settings: Settings) -> dict[str, Any]:
    keys = keys_allowed(settings)
    if keys == ANY:
        return {"SSEAlgorithm": "aws:kms"}
    return {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/bank" if isinstance(keys, str) else keys[0]}


def make_bucket(cloud: SimulatedAccount, name: str, default: dict[str, Any], region: str | None = None) -> None:
    """Creates a bucket with a default encryption in S3's form, in the home region or another."""
    region = region or cloud.region
    s3 = cloud.client("s3", region)
    location = {} if region == "us-east-1" else {"LocationConstraint": region}
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": location} if location else {}))
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def _databases(cloud: SimulatedAccount, settings: Settings, estate: Estate) -> None:
    minimum = minimum_days(settings)
    for number in range(8):
        days, result = (minimum, COMPLIANT) if number < 5 else (minimum - 1, NON_COMPLIANT)
        identity = _database(cloud, estate, f"core-banking-{number}", "postgres", BackupRetentionPeriod=days)
        estate.expect(RDS, identity, result)
        estate.made["RDS instances"] += 1
    replica = cloud.client("rds").create_db_instance_read_replica(
        DBInstanceIdentifier="core-banking-replica", SourceDBInstanceIdentifier="core-banking-0"
    )
    estate.expect(RDS, replica["DBInstance"]["DbiResourceId"], NOT_APPLICABLE)
    estate.databases[replica["DBInstance"]["DbiResourceId"]] = bool(replica["DBInstance"]["StorageEncrypted"])
    estate.made["RDS instances"] += 1
    for number, days in enumerate([minimum, 35, max(minimum - 1, 1)]):  # the minimum of clusters is a day
        cluster = make_cluster(cloud, f"payments-{number}", days)
        estate.expect(RDS, cluster, NON_COMPLIANT if days < minimum else COMPLIANT)
        name = f"payments-{number}"
        member = _database(cloud, estate, f"{name}-a", "aurora-postgresql", DBClusterIdentifier=name)
        estate.expect(RDS, member, NOT_APPLICABLE)
        estate.made["RDS clusters"] += 1
        estate.made["RDS instances"] += 1


def _database(
    cloud: SimulatedAccount, estate: Estate, name: str, engine: str, region: str | None = None, **arguments: Any
) -> str:
    database = make_database(cloud, name, engine, region, StorageEncrypted=name not in UNENCRYPTED, **arguments)
    identity = str(database["DbiResourceId"])
    # A member of a cluster has the encryption of its cluster, not the requested one.
    estate.databases[identity] = bool(database["StorageEncrypted"])
    return identity


def make_database(
    cloud: SimulatedAccount, name: str, engine: str, region: str | None = None, **arguments: Any
) -> dict[str, Any]:
    """Creates an RDS instance, in the home region or another; returns its description."""
    answer = cloud.client("rds", region).create_db_instance(
        DBInstanceIdentifier=name, Engine=engine, DBInstanceClass="db.m7g.large", AllocatedStorage=20, **arguments
    )
    return dict(answer["DBInstance"])


def set_retention(cloud: SimulatedAccount, name: str, days: int) -> str:
    """Changes a database's backup retention period immediately; returns Config's ID of the database."""
    answer = cloud.client("rds").modify_db_instance(
        DBInstanceIdentifier=name, BackupRetentionPeriod=days, ApplyImmediately=True
    )
    return str(answer["DBInstance"]["DbiResourceId"])


def make_cluster(cloud: SimulatedAccount, name: str, days: int, region: str | None = None) -> str:
    """Creates an RDS cluster with a backup retention period; returns Config's ID of the cluster."""
    answer = cloud.client("rds", region).create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="simulated-only",
        BackupRetentionPeriod=days,
    )
    return str(answer["DBCluster"]["DbClusterResourceId"])
