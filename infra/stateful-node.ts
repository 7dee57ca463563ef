import { CustomResource, Stack, type RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { NodeDocument } from '../domain/config/node-config';
import type { Holdfast } from './holdfast';

/** What a deletion takes away besides the node itself. */
export interface NodeDeletion {
  /** Whether the instance is terminated. If not, it keeps running. @default true */
  readonly shouldTerminateInstance?: boolean;
  /** Whether the interface is deleted, and its private IP released. @default true */
  readonly shouldDeleteNetworkInterfaces?: boolean;
  /** Whether the volumes that the node's instances have left are deleted with their data. @default false */
  readonly shouldDeleteVolumes?: boolean;
}

/** The fields of the API's document, and how the node is deployed. */
export interface StatefulNodeProps extends NodeDocument {
  /** The deployment that looks after the node, in the same account and Region. */
  readonly holdfast: Holdfast;
  /** What goes with the node when it is removed from the template. */
  readonly deletion?: NodeDeletion;
  /** Whether the node remains when it is removed from the template. @default RemovalPolicy.DESTROY */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A stateful node, declared in a template.
 *
 * A deployment that creates the node waits until it is ACTIVE, and fails with the node's `errorReason` if it is in ERROR;
 * the rollback then deletes it. A changed document is an update, as with the API: settings of the instance take effect
 * with the next one. Only another `compute.vpcId` replaces the node. What the API or the command line has changed since
 * is overwritten by the next update.
 *
 * The document is checked when it is deployed, because only the account knows what exists.
 */
export class StatefulNode extends Construct {
  /** `smi-` and eight digits: the node's id in the API. */
  readonly nodeId: string;
  /** `eni-` and the rest: the interface that every instance of the node has in turn. */
  readonly networkInterfaceId: string;
  /** The primary private IPv4 address of the interface. */
  readonly privateIp: string;
  /** The Elastic IP's address; an empty text without one. As of the last deployment, like the other attributes. */
  readonly publicIp: string;

  constructor(scope: Construct, id: string, props: StatefulNodeProps) {
    super(scope, id);
    const { holdfast, deletion, removalPolicy, ...document } = props;
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::HoldfastStatefulNode',
      serviceToken: holdfast.nodeServiceToken(),
      ...(removalPolicy !== undefined && { removalPolicy }),
      properties: {
        // CloudFormation makes text of every number and flag in a custom resource's properties.
        Document: Stack.of(this).toJsonString(document),
        Deletion: JSON.stringify({ shouldDeleteNetworkInterfaces: true, ...deletion }),
      },
    });
    // A node is made after all of Holdfast, and deleted before any of it.
    resource.node.addDependency(holdfast);
    this.nodeId = resource.ref;
    this.networkInterfaceId = resource.getAttString('networkInterfaceId');
    this.privateIp = resource.getAttString('privateIp');
    this.publicIp = resource.getAttString('publicIp');
  }
}
