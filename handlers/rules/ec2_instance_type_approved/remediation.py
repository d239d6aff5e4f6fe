"""Stops an instance of a type that is not approved, if its owner has opted in by a tag, and never terminates one.

Stopping does not change the instance type, so the finding stays open until the type is changed, approved or waived, or
the instance is removed.
"""

import re

from handlers.common.model.permission import Permission
from handlers.common.model.remediation import Call, Document, NotRemediableError, Remediation, Target

OPT_IN_TAG, OPT_IN_VALUE = "compliance-monitor-remediation", "stop"
AUTO_SCALING_TAG = "aws:autoscaling:groupName"
RUNNING, STOPPED = "running", "stopped"
AT_REST = (STOPPED, "stopping", "shutting-down", "terminated")
INSTANCES = "arn:{partition}:ec2:{region}:{account}:instance/{name}"


class StopInstance(Remediation):
    """Stops an instance whose owner has opted in by a tag."""

    name = "ec2-stop"
    effect = "stops the instance; its finding stays open, because stopping does not change the instance type"
    scope_pattern = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")
    scope_description = 'an instance id, "i-" and 8 or 17 hexadecimal digits'
    reads = ()
    writes = (
        Permission(
            "StopInstances",
            ("ec2:StopInstances",),
            INSTANCES,
            "stops instances whose owners have opted in",
            conditions={"StringEquals": {f"aws:ResourceTag/{OPT_IN_TAG}": OPT_IN_VALUE}},
        ),
    )
    rollback = (Permission("StartInstances", ("ec2:StartInstances",), INSTANCES, "starts the instance again"),)
    needs_item = True
    state_is_recorded = True
    resolves = False

    def read(self, target: Target) -> Document:
        """Returns the instance as AWS Config recorded it: DescribeInstances has no resource-level permissions."""
        item = target.item or {}
        configuration, tags = item.get("configuration") or {}, item.get("tags") or {}
        return {
            "state": (configuration.get("state") or {}).get("name") or "",
            "instance_type": configuration.get("instanceType") or "",
            "root_device": configuration.get("rootDeviceType") or "",
            "lifecycle": configuration.get("instanceLifecycle") or "",
            "opted_in": tags.get(OPT_IN_TAG) == OPT_IN_VALUE,
            "auto_scaling_group": tags.get(AUTO_SCALING_TAG) or "",
        }

    def desired(self, state: Document, target: Target, parameters: Document) -> Document:
        """Returns the stopped state, if stopping is permanent, reversible and opted in to."""
        if state["state"] in AT_REST:
            return state
        if not state["opted_in"]:
            raise NotRemediableError(f"the instance does not have the tag {OPT_IN_TAG} = {OPT_IN_VALUE}")
        if state["auto_scaling_group"]:
            raise NotRemediableError(
                f"the instance belongs to the Auto Scaling group {state['auto_scaling_group']}, which would "
                "replace it: change the group's launch template"
            )
        if state["lifecycle"] == "spot":
            raise NotRemediableError(
                "the instance is a Spot Instance: EC2 stops only those of persistent requests, and the configuration "
                "item does not have the type of the request"
            )
        if state["root_device"] == "instance-store":
            raise NotRemediableError("the instance's root device is an instance store: it cannot be stopped")
        if not state["state"]:
            raise NotRemediableError("the configuration item does not have the instance's state")
        if state["state"] != RUNNING:
            raise NotRemediableError(f"the instance is {state['state']}: only a running one can be stopped")
        return state | {"state": STOPPED}

    def calls(self, before: Document, after: Document, target: Target) -> list[Call]:
        """Returns the call that stops the instance, or for a rollback starts it."""
        operation = "stop_instances" if after["state"] == STOPPED else "start_instances"
        return [Call("ec2", operation, {"InstanceIds": [target.name]})]

    def risk(self, before: Document, after: Document) -> str:
        """Returns the effects of stopping or starting the instance."""
        if after["state"] != STOPPED:
            return "The instance starts again, with a type that is not approved."
        return (
            "All processes on the instance end, and data on instance store volumes is lost. A public address other "
            "than an Elastic IP changes at the next start. The finding stays open: stopping does not change the "
            "instance type."
        )
