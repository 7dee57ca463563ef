/**
 * What the steps may do to EC2: make things that carry Holdfast's tag, and touch only things that carry it.
 *
 * Resource types and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';

/** The tag on everything that Holdfast makes; its value is the node. */
const NODE_ID_TAG = 'holdfast:node-id';

/** The tag on what carries the first tag but is in no record; its value is when that was first seen. */
const UNCLAIMED_SINCE_TAG = 'holdfast:unclaimed-since';

/** The tag on everything that Holdfast makes itself; its value is the operation. */
const GENERATION_TAG = 'holdfast:generation';

/** `Null: false` means: the key is there. */
const MAKING_OURS = { Null: { [`aws:RequestTag/${NODE_ID_TAG}`]: 'false' } };
const OURS = { Null: { [`aws:ResourceTag/${NODE_ID_TAG}`]: 'false' } };
/** The tag that says whose a thing is stays as it was given when the thing was made. */
const NOT_WHOSE_IT_IS = { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': NODE_ID_TAG } };

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
    describeStatement(role, ['DescribeAddresses', 'DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeSubnets']),
    ...instanceStatements(arns),
    ...interfaceStatements(arns),
    ...addressStatements(arns),
    adoptionStatement(arns),
    // A configuration's tags may change while what carries them lives on.
    new PolicyStatement({
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: arns.owned('instance', 'network-interface', 'volume'),
      conditions: { ...OURS, ...NOT_WHOSE_IT_IS },
    }),
    ...passRoleStatements(instanceRoleArns),
  ];
}

/** What tidying up after launches that nobody claims takes. */
export function reconciliationStatements(role: Role): PolicyStatement[] {
  const arns = new Ec2Arns(role);
  return [
    new PolicyStatement({
      actions: ['ec2:TerminateInstances'],
      resources: arns.owned('instance'),
      conditions: OURS,
    }),
    new PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: OURS,
    }),
    // When it was first seen that nobody claims it: no other tag, so that whose a thing is stays as it was made.
    new PolicyStatement({
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: arns.owned('instance', 'network-interface'),
      conditions: { ...OURS, 'ForAllValues:StringEquals': { 'aws:TagKeys': UNCLAIMED_SINCE_TAG } },
    }),
  ];
}

/** Deleting what instances left behind. Volumes are tagged as they are made, in the launch, and keep their tags. */
export function leftVolumesStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DeleteVolume'],
    resources: new Ec2Arns(role).owned('volume'),
    conditions: OURS,
  });
}

function instanceStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:RunInstances'],
      resources: arns.owned('instance', 'volume'),
      conditions: MAKING_OURS,
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
      conditions: OURS,
    }),
  ];
}

function interfaceStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: MAKING_OURS,
    }),
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: arns.owned('security-group', 'subnet'),
    }),
    new PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface'],
      resources: arns.owned('network-interface'),
      conditions: OURS,
    }),
    // An attachment has two ends, and EC2 asks about both.
    new PolicyStatement({
      actions: ['ec2:AttachNetworkInterface', 'ec2:DetachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: arns.owned('instance', 'network-interface'),
      conditions: OURS,
    }),
    // Setting an interface's security groups asks about them too, and they are the user's own.
    new PolicyStatement({
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      resources: arns.owned('security-group'),
    }),
  ];
}

/**
 * An import marks what Holdfast did not make: the original and its interface, which may then be changed and ended as if
 * it had; and takes the mark off again where it is cancelled. That tag and no other (without `aws:TagKeys`, a deletion
 * is one of all tags), and never on what Holdfast made. Whether they are marked already makes no difference, so that
 * a step may do it again.
 */
function adoptionStatement(arns: Ec2Arns): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
    resources: arns.owned('instance', 'network-interface'),
    conditions: {
      Null: { [`aws:ResourceTag/${GENERATION_TAG}`]: 'true', 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': NODE_ID_TAG },
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
  const actions = ['ec2:AssociateAddress', 'ec2:DisassociateAddress'];
  return [
    new PolicyStatement({ actions, resources: arns.owned('elastic-ip') }),
    new PolicyStatement({
      actions,
      resources: arns.owned('instance', 'network-interface'),
      conditions: OURS,
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

/** ARNs of every EC2 resource of a type, in the stack's Region and account. */
class Ec2Arns {
  constructor(private readonly role: Role) {}

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
