import { Rule, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { REBALANCE_DETAIL_TYPE, WARNING_DETAIL_TYPE } from '../../domain/operation/trigger';
import type { UndeliveredEvents } from '../events/undelivered-events';
import type { Workflow } from './workflow';

export interface NodeReplacementProps {
  readonly replaceNode: Workflow;
  readonly undelivered: UndeliveredEvents;
}

/**
 * Replaces a node's instance when EC2 warns that it will interrupt the instance, or that an interruption is likely. The
 * state machine finds out whether the instance belongs to a node, and whether the node reacts to recommendations.
 */
export class NodeReplacement extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NodeReplacementProps,
  ) {
    super(scope, id);
    this.startOn('InterruptionWarning', {
      source: ['aws.ec2'],
      detailType: [WARNING_DETAIL_TYPE],
    });
    this.startOn('RebalanceRecommendation', {
      source: ['aws.ec2'],
      detailType: [REBALANCE_DETAIL_TYPE],
    });
  }

  private startOn(id: string, eventPattern: EventPattern): void {
    const { replaceNode, undelivered } = this.props;
    const target = new SfnStateMachine(replaceNode, { deadLetterQueue: undelivered.queue });
    new Rule(this, id, { eventPattern, targets: [target] });
  }
}
