/**
 * What the functions may do to EC2: make things that carry the deployment's tag, and touch only things that carry it.
 * Another deployment in the same Region, which has another stack's name, is out of reach by this alone.
 *
 * Resource types and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { DEPLOYMENT_TAG, GENERATION_TAG, NODE_ID_TAG, REQUEST_TAG } from '../domain/node/stateful-node';

/** Whose a thing is, and who made it, stays as it was written when the thing was made. */
const PROVENANCE = [NODE_ID_TAG, GENERATION_TAG, DEPLOYMENT_TAG, REQUEST_TAG];

/** The tags with which an import marks what Holdfast did not make. */
const ADOPTION = [NODE_ID_TAG, DEPLOYMENT_TAG];

/** For a request that makes something: it gives it the deployment's tag. */
function makingOurs(scope: Construct) {
  return { StringEquals: { [`aws:RequestTag/${DEPLOYMENT_TAG}`]: Stack.of(scope).stackName } };
}

/** For a request that changes or ends something: the deployment has made it, or was given it. */
function ours(scope: Construct) {
  return { StringEquals: { [`aws:ResourceTag/${DEPLOYMENT_TAG}`]: Stack.of(scope).stackName } };
}

/** Made by Holdfast, or given to it, in this account and Region. */
type OwnedType =
  | 'elastic-ip'
  | 'instance'
  | 'key-pair'
  | 'network-interface'
  | 'security-group'
  | 'spot-instances-request'
  | 'subnet'
  | 'volume';
/** May belong to another account, so their ARNs name none. */
type SharedType = 'image' | 'snapshot';

/** A statement for `ec2:Describe*` actions, none of which IAM can limit to resources. */
export function describeStatement(role: Role, actions: readonly string[]): PolicyStatement {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'EC2 defines no resource types for Describe actions, so IAM takes only * for them.',
  });
  return new PolicyStatement({ actions: actions.map((action) => `ec2:${action}`), resources: ['*'] });
}

/** Everything that launching and replacing an instance takes. */
export function replacementStatements(role: Role, instanceRoleArns: readonly string[]): PolicyStatement[] {
  const arns = new Ec2Arns(role);
  return [
    describeStatement(role, ['DescribeAddresses', 'DescribeInstances', 'DescribeNetworkInterfaces']),
    ...instanceStatements(arns),
    ...interfaceStatements(arns),
    ...addressStatements(arns),
    ...adoptionStatements(arns),
    settingsStatement(arns),
    ...passRoleStatements(instanceRoleArns),
    spotRoleStatement(role),
  ];
}

/** What removing the launches and interfaces takes that this deployment asked for and gave up. */
export function reconciliationStatements(role: Role): PolicyStatement[] {
  const arns = new Ec2Arns(role);
  return [
    new PolicyStatement({
      actions: ['ec2:TerminateInstances'],
      resources: arns.owned('instance'),
      conditions: ours(role),
    }),
    new PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface', 'ec2:DetachNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: ours(role),
    }),
    detachFromAnything(arns),
  ];
}

/** Deleting what instances left behind. Volumes are tagged as they are made, in the launch, and keep their tags. */
export function leftVolumesStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DeleteVolume'],
    resources: new Ec2Arns(role).owned('volume'),
    conditions: ours(role),
  });
}

function instanceStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:RunInstances'],
      resources: arns.owned('instance', 'volume'),
      conditions: makingOurs(arns.role),
    }),
    // What a launch refers to. EC2 offers no tag condition for an existing interface here, and the rest is the user's.
    new PolicyStatement({
      actions: ['ec2:RunInstances'],
      resources: [
        ...arns.owned('key-pair', 'network-interface', 'security-group', 'spot-instances-request', 'subnet'),
        ...arns.shared('image', 'snapshot'),
      ],
    }),
    // Without the condition, whoever may tag may make anything "ours".
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: arns.owned('instance', 'network-interface', 'volume'),
      conditions: { StringEquals: { 'ec2:CreateAction': ['CreateNetworkInterface', 'RunInstances'] } },
    }),
    new PolicyStatement({
      actions: ['ec2:TerminateInstances'],
      resources: arns.owned('instance'),
      conditions: ours(arns.role),
    }),
  ];
}

function interfaceStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: makingOurs(arns.role),
    }),
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: arns.owned('security-group', 'subnet'),
    }),
    new PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: ours(arns.role),
    }),
    // An attachment has two ends, and EC2 asks about both.
    new PolicyStatement({
      actions: ['ec2:AttachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: arns.owned('instance', 'network-interface'),
      conditions: ours(arns.role),
    }),
    // An interface of ours is taken back from wherever it is: somebody may have attached it to an instance of their own.
    new PolicyStatement({
      actions: ['ec2:DetachNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: ours(arns.role),
    }),
    detachFromAnything(arns),
    // Setting an interface's security groups asks about them too, and they are the user's own.
    new PolicyStatement({
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      resources: arns.owned('security-group'),
    }),
  ];
}

function detachFromAnything(arns: Ec2Arns): PolicyStatement {
  return new PolicyStatement({ actions: ['ec2:DetachNetworkInterface'], resources: arns.owned('instance') });
}

/**
 * An import marks what Holdfast did not make: the original and its interface, which may then be changed and ended as if
 * it had; and takes the marks off again where it is cancelled. Those tags and no others (without `aws:TagKeys`, a
 * deletion is one of all tags), never on what an operation made, and never on what is another deployment's. Whether
 * they are marked already makes no difference, so that a step may do it again.
 */
function adoptionStatements(arns: Ec2Arns): PolicyStatement[] {
  const resources = arns.owned('instance', 'network-interface');
  const onlyTheMarks = {
    Null: { [`aws:ResourceTag/${GENERATION_TAG}`]: 'true', 'aws:TagKeys': 'false' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ADOPTION },
    StringEqualsIfExists: ours(arns.role).StringEquals,
  };
  return [
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources,
      conditions: { ...onlyTheMarks, ...makingOurs(arns.role) },
    }),
    new PolicyStatement({ actions: ['ec2:DeleteTags'], resources, conditions: onlyTheMarks }),
  ];
}

/** A configuration's tags may change while what carries them lives on. All tags at once may not be deleted. */
function settingsStatement(arns: Ec2Arns): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
    resources: arns.owned('instance', 'network-interface'),
    conditions: {
      ...ours(arns.role),
      Null: { 'aws:TagKeys': 'false' },
      'ForAllValues:StringNotEquals': { 'aws:TagKeys': PROVENANCE },
    },
  });
}

/** What an import reads of the original beyond a description: its user data, and whether it may be terminated. */
export function originalsStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DescribeInstanceAttribute'],
    resources: new Ec2Arns(role).owned('instance'),
  });
}

/** Elastic IPs are the user's own, without a tag of ours; the interface that gets or loses one must be ours. */
function addressStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:AssociateAddress', 'ec2:DisassociateAddress'],
      resources: arns.owned('elastic-ip'),
    }),
    new PolicyStatement({
      actions: ['ec2:AssociateAddress'],
      resources: arns.owned('instance', 'network-interface'),
      conditions: ours(arns.role),
    }),
    new PolicyStatement({
      actions: ['ec2:DisassociateAddress'],
      resources: arns.owned('network-interface'),
      conditions: ours(arns.role),
    }),
  ];
}

/** Giving an instance a role gives whoever is on it that role's rights, so only roles that were named. */
function passRoleStatements(instanceRoleArns: readonly string[]): PolicyStatement[] {
  if (instanceRoleArns.length === 0) return [];
  return [
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [...instanceRoleArns],
      conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    }),
  ];
}

/**
 * An account's first spot launch through the API needs a role of Spot's own, which EC2 makes if the caller may.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 */
function spotRoleStatement(scope: Construct): PolicyStatement {
  const spotRole = Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: 'aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
  });
  return new PolicyStatement({
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [spotRole],
    conditions: { StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' } },
  });
}

/** ARNs of every EC2 resource of a type, in the stack's Region and account. */
class Ec2Arns {
  constructor(readonly role: Role) {}

  owned(...types: readonly OwnedType[]): string[] {
    return types.map((type) => this.arn(type, Stack.of(this.role).account));
  }

  shared(...types: readonly SharedType[]): string[] {
    return types.map((type) => this.arn(type, ''));
  }

  private arn(resource: OwnedType | SharedType, account: string): string {
    const arn = Stack.of(this.role).formatArn({
      service: 'ec2',
      account,
      resource,
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const owner = account === '' ? '' : '<AWS::AccountId>';
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:${owner}:${resource}/*]`,
      reason: 'Resource ids are known only at run time: the statements narrow by type, and where EC2 can, by tag.',
    });
    return arn;
  }
}
