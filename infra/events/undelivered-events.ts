import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The longest time that SQS keeps a message. Source: SQS Developer Guide, "message quotas". */
const RETENTION_DAYS = 14;

/**
 * The queue for events that could not be delivered after every retry. Without it EventBridge and Lambda drop them, and
 * an operator could not see which instances were missed.
 */
export class UndeliveredEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(RETENTION_DAYS),
    });
  }
}
