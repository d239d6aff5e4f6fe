"""Rollbacks of a remediation, by an operator."""

from tests.support.remediation import OperatorTerminal

IN_EMERGENCY = ("--yes", "--emergency", "incident 4711")


def done(desk: OperatorTerminal) -> str:
    """Returns a bucket that was encrypted by the remediation."""
    desk.bank.bucket()
    desk.bank.change()
    assert desk.bank.algorithm() == "aws:kms"
    return desk.bank.plan_id()


def rollbacks(desk: OperatorTerminal) -> list[str]:
    return [each for each in desk.bank.outcomes() if "ROLL" in each]
