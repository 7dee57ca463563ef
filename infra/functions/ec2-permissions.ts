/**
 * What the functions may do in EC2: make things with the deployment's tag, and change only things with that tag. This
 * alone protects another deployment in the same Region, because its stack has another name.
 *
 * Resource types and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import { ArnFormat, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { deploymentName } from '../deployment-name';
import {
  DEPLOYMENT_TAG,
  EXPIRES_AT_TAG,
  GENERATION_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  REQUEST_TAG,
} from '../../domain/node/stateful-node';
import { volumeKeyStatements } from './volume-keys';

/** The tags that say who made a thing. They must not change after the thing is made. */
const PROVENANCE = [NODE_ID_TAG, GENERATION_TAG, DEPLOYMENT_TAG, REQUEST_TAG];

/** The tags that an import sets on what Holdfast did not make. */
const ADOPTION = [NODE_ID_TAG, DEPLOYMENT_TAG];

/** For a request that makes something: the request sets the deployment's tag. */
function makingOurs(scope: Construct) {
  return { StringEquals: { [`aws:RequestTag/${DEPLOYMENT_TAG}`]: deploymentName(scope) } };
}

/** For a request that changes or ends something: it has the deployment's tag, so we made it or imported it. */
function ours(scope: Construct) {
  return { StringEquals: { [`aws:ResourceTag/${DEPLOYMENT_TAG}`]: deploymentName(scope) } };
}

/** Resources that Holdfast made or imported, in this account and Region. */
type OwnedType =
  | 'elastic-ip'
  | 'fleet'
  | 'instance'
  | 'key-pair'
  | 'launch-template'
  | 'network-interface'
  | 'security-group'
  | 'spot-instances-request'
  | 'subnet'
  | 'volume';
/** What another account of the organisation may share with this one: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html */
type SharableType = 'security-group' | 'subnet';
/** These may belong to another account, so their ARNs name no account. */
type SharedType = 'image' | 'snapshot';

/** What the validation of a document reads, and what the first node of a new deployment asks for. */
export const READ_BY_VALIDATION = [
  'DescribeAddresses',
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceTypes',
  'DescribeInternetGateways',
  'DescribeKeyPairs',
  'DescribeNetworkInterfaces',
  'DescribeSecurityGroups',
  'DescribeSnapshots',
  'DescribeSubnets',
  'DescribeVpcs',
];

/** A statement for `ec2:Describe*` actions. IAM can limit none of them to resources. */
export function describeStatement(role: Role, actions: readonly string[]): PolicyStatement {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'EC2 defines no resource types for Describe actions, so IAM takes only * for them.',
  });
  return new PolicyStatement({ actions: actions.map((action) => `ec2:${action}`), resources: ['*'] });
}

/** What a deployment may use of its owner's to launch instances. */
export interface LaunchPermissions {
  /** The IAM roles that launched instances may be given. */
  readonly instanceRoleArns: readonly string[];
  /** The customer-managed keys that may encrypt the instances' volumes. */
  readonly volumeKeyArns: readonly string[];
  /** The accounts that own subnets and security groups which are shared with this account. */
  readonly subnetOwnerAccounts: readonly string[];
  /** Whether instances and interfaces that Holdfast did not make may be tagged as its own. */
  readonly imports: boolean;
}

/** Everything that is needed to launch and replace an instance. */
export function replacementStatements(role: Role, launches: LaunchPermissions): PolicyStatement[] {
  const arns = new Ec2Arns(role, launches.subnetOwnerAccounts);
  return [
    describeStatement(role, [
      'DescribeAddresses',
      'DescribeInstances',
      'DescribeLaunchTemplates',
      'DescribeNetworkInterfaces',
      'DescribeVolumes',
    ]),
    ...instanceStatements(arns),
    ...interfaceStatements(arns),
    ...addressStatements(arns),
    ...(launches.imports ? adoptionStatements(arns) : []),
    settingsStatement(arns),
    ...passRoleStatements(launches.instanceRoleArns),
    ...volumeKeyStatements(role, launches.volumeKeyArns),
    spotRoleStatement(role),
  ];
}

/** What is needed to remove what this deployment gave up, and what has expired. */
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
    new PolicyStatement({
      actions: ['ec2:DeleteLaunchTemplate'],
      resources: arns.owned('launch-template'),
      conditions: ours(role),
    }),
    // The reconciler deletes a volume for one reason: the tag with its expiry.
    new PolicyStatement({
      actions: ['ec2:DeleteVolume'],
      resources: arns.owned('volume'),
      conditions: {
        ...ours(role),
        Null: { [`aws:ResourceTag/${LEFT_BY_TAG}`]: 'false', [`aws:ResourceTag/${EXPIRES_AT_TAG}`]: 'false' },
      },
    }),
  ];
}

/** To delete the volumes that instances left. A launch tags its volumes as it makes them, and they keep their tags. */
export function leftVolumesStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DeleteVolume'],
    resources: new Ec2Arns(role).owned('volume'),
    conditions: ours(role),
  });
}

/** To delete, at a person's request, an interface that the deletion of its node has left. */
export function leftInterfacesStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DeleteNetworkInterface'],
    resources: new Ec2Arns(role).owned('network-interface'),
    conditions: { ...ours(role), Null: { [`aws:ResourceTag/${LEFT_BY_TAG}`]: 'false' } },
  });
}

function instanceStatements(arns: Ec2Arns): PolicyStatement[] {
  return [
    // An instant fleet launches with its caller's rights, so EC2 checks both actions.
    new PolicyStatement({
      actions: ['ec2:CreateFleet', 'ec2:CreateLaunchTemplate', 'ec2:RunInstances'],
      resources: arns.owned('fleet', 'instance', 'launch-template', 'volume'),
      conditions: makingOurs(arns.role),
    }),
    new PolicyStatement({
      actions: ['ec2:CreateFleet', 'ec2:DeleteLaunchTemplate', 'ec2:RunInstances'],
      resources: arns.owned('launch-template'),
      conditions: ours(arns.role),
    }),
    // What a launch refers to. EC2 has no tag condition for an existing interface here, and the rest is the user's own.
    new PolicyStatement({
      actions: ['ec2:CreateFleet', 'ec2:RunInstances'],
      resources: [
        ...arns.owned('key-pair', 'network-interface', 'security-group', 'spot-instances-request', 'subnet'),
        ...arns.ofSubnetOwners('security-group', 'subnet'),
        ...arns.shared('image', 'snapshot'),
      ],
    }),
    // Without the condition, our roles could tag any existing resource as ours.
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: arns.owned('fleet', 'instance', 'launch-template', 'network-interface', 'volume'),
      conditions: {
        StringEquals: {
          'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'CreateNetworkInterface', 'RunInstances'],
        },
      },
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
      resources: [...arns.owned('security-group', 'subnet'), ...arns.ofSubnetOwners('security-group', 'subnet')],
    }),
    // We detach our interface from any instance: a person may have attached it to an instance that is not ours. A deletion
    // also deletes volumes. One statement is shorter than three, and an inline policy has at most 10,240 characters.
    new PolicyStatement({
      actions: ['ec2:DeleteNetworkInterface', 'ec2:DeleteVolume', 'ec2:DetachNetworkInterface'],
      resources: arns.owned('network-interface', 'volume'),
      conditions: ours(arns.role),
    }),
    // An attachment has two ends, and EC2 checks both.
    new PolicyStatement({
      actions: ['ec2:AttachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: arns.owned('instance', 'network-interface'),
      conditions: ours(arns.role),
    }),
    detachFromAnything(arns),
    // To set an interface's security groups, EC2 checks the groups too, and they are the user's own.
    new PolicyStatement({
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      resources: [...arns.owned('security-group'), ...arns.ofSubnetOwners('security-group')],
    }),
  ];
}

function detachFromAnything(arns: Ec2Arns): PolicyStatement {
  return new PolicyStatement({ actions: ['ec2:DetachNetworkInterface'], resources: arns.owned('instance') });
}

/**
 * An import tags the original and its interface, which Holdfast did not make. From then on Holdfast may change and end
 * them like its own. A cancelled import removes the tags again. The statement allows these tags and no others (without
 * `aws:TagKeys`, a deletion could remove all tags). It excludes what an operation made, and what belongs to another
 * deployment. It does not matter whether the tags are there already, so a step may run again.
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

/**
 * A configuration's tags may change during the life of the resource, and a deletion marks what it leaves. It is not
 * allowed to delete all tags at once.
 */
function settingsStatement(arns: Ec2Arns): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
    resources: arns.owned('instance', 'network-interface', 'volume'),
    conditions: {
      ...ours(arns.role),
      Null: { 'aws:TagKeys': 'false' },
      'ForAllValues:StringNotEquals': { 'aws:TagKeys': PROVENANCE },
    },
  });
}

/** What an import reads about the original that a Describe call lacks: its user data and its termination protection. */
export function originalsStatement(role: Role): PolicyStatement {
  return new PolicyStatement({
    actions: ['ec2:DescribeInstanceAttribute'],
    resources: new Ec2Arns(role).owned('instance'),
  });
}

/** Elastic IPs belong to the user and do not have our tag. The interface that gets or loses one must have it. */
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

/** Every user of an instance has the rights of its role, so we may pass only the roles that were named. */
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
 * The account's first spot launch through the API needs a service-linked role for Spot. EC2 makes it if the caller may.
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
  constructor(
    readonly role: Role,
    private readonly subnetOwnerAccounts: readonly string[] = [],
  ) {}

  owned(...types: readonly OwnedType[]): string[] {
    return types.map((type) => this.arn(type, Stack.of(this.role).account));
  }

  /** The ARN of a shared subnet names the account that owns it, and so does that of a shared security group. */
  ofSubnetOwners(...types: readonly SharableType[]): string[] {
    return types.flatMap((type) => this.subnetOwnerAccounts.map((account) => this.arn(type, account)));
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
    const owner = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:${owner}:${resource}/*]`,
      reason: 'Resource ids are known only at run time: the statements narrow by type, and if EC2 can, by tag.',
    });
    return arn;
  }
}
