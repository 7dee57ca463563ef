"""The policy statements of a CloudFormation template, with the ARNs that their references will have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]

PSEUDO_PARAMETERS = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}

# The ARN that a reference to a resource returns: by `Arn`, or by `Ref` where the resource's id is its ARN.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:us-east-1:123456789012:table/{id}",
    "AWS::Events::Rule": "arn:aws:events:us-east-1:123456789012:rule/{id}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{id}",
    "AWS::KMS::Key": "arn:aws:kms:us-east-1:123456789012:key/{id}",
    "AWS::Lambda::Function": "arn:aws:lambda:us-east-1:123456789012:function:{id}",
    # A reference to a version is the function's ARN with a number.
    "AWS::Lambda::Version": "arn:aws:lambda:us-east-1:123456789012:function:{id}:1",
    # The trailing part covers the streams.
    "AWS::Logs::LogGroup": "arn:aws:logs:us-east-1:123456789012:log-group:{id}:*",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:{id}",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:{id}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:{id}-a1b2c3",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:{id}",
}

# The property that has the document of a policy.
DOCUMENTS = {
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


@dataclass(frozen=True)
class Statement:
    """One statement. `where` is the logical id of its policy, and its number in it."""

    where: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition_keys: tuple[str, ...]
    # Whether it is in the policy of a resource, where `*` means that resource.
    is_of_resource: bool


def statements_of(template: Template) -> Iterator[Statement]:
    """Yields every statement about actions. Raises ValueError for what it does not understand.

    Trust policies are left out: their actions are `sts:AssumeRole` alone, and they name no resource.
    """
    for logical_id, resource in template["Resources"].items():
        for number, raw in enumerate(raw_statements(resource)):
            if unknown := {"NotAction", "NotResource"}.intersection(raw):
                raise ValueError(f"{logical_id}: {', '.join(unknown)} cannot be judged: name what is meant")
            yield Statement(
                where=f"{logical_id}[{number}]",
                actions=tuple(as_list(raw["Action"])),
                resources=tuple(text_of(each, template) for each in as_list(raw["Resource"])),
                condition_keys=tuple(sorted({key for keys in raw.get("Condition", {}).values() for key in keys})),
                is_of_resource="Principal" in raw,
            )


def raw_statements(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the statements of a resource, as the template has them."""
    properties = resource.get("Properties", {})
    documents = [inline["PolicyDocument"] for inline in properties.get("Policies", [])]
    if name := DOCUMENTS.get(resource["Type"]):
        documents.append(properties[name])
    return [statement for document in documents for statement in document["Statement"]]


def text_of(value: Any, template: Template) -> str:
    """Returns what CloudFormation makes of a value. Raises ValueError if this does not know."""
    if isinstance(value, str):
        return value
    match value:
        case {"Fn::Join": [separator, parts]}:
            return separator.join(text_of(part, template) for part in parts)
        case {"Ref": name} if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        case {"Ref": logical_id} | {"Fn::GetAtt": [logical_id, "Arn"]}:
            kind = template["Resources"][logical_id]["Type"]
            if kind in ARNS:
                return ARNS[kind].format(id=logical_id)
            raise ValueError(f"{logical_id} is {kind}: add its ARN to interop/template/policies.py")
    raise ValueError(f"cannot resolve {value}")


def as_list(value: Any) -> list[Any]:
    """Returns a list as it is, and anything else as its only element."""
    return value if isinstance(value, list) else [value]
