import { Rule, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { StepsFunction } from './steps-function';
import type { UndeliveredEvents } from './undelivered-events';
import { Workflow } from './workflow';

export interface NodeReplacementProps {
  readonly steps: StepsFunction;
  readonly undelivered: UndeliveredEvents;
}

/**
 * Replaces a node's instance when EC2 says that it will take it, or that it is likely to. Whether the instance
 * is a node's at all, and whether the node wants to move on a mere recommendation, the state machine finds out.
 */
export class NodeReplacement extends Construct {
  readonly replaceNode: Workflow;

  constructor(scope: Construct, id: string, props: NodeReplacementProps) {
    super(scope, id);
    this.replaceNode = new Workflow(this, 'ReplaceNode', { kind: 'replace', steps: props.steps });
    this.startOn('InterruptionWarning', props.undelivered, {
      source: ['aws.ec2'],
      detailType: ['EC2 Spot Instance Interruption Warning'],
    });
    this.startOn('RebalanceRecommendation', props.undelivered, {
      source: ['aws.ec2'],
      detailType: ['EC2 Instance Rebalance Recommendation'],
    });
  }

  private startOn(id: string, { queue }: UndeliveredEvents, eventPattern: EventPattern): void {
    const target = new SfnStateMachine(this.replaceNode, { deadLetterQueue: queue });
    new Rule(this, id, { eventPattern, targets: [target] });
  }
}
