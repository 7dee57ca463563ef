import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Where alarms are sent by e-mail, once the recipient has confirmed the subscription. @default - no e-mail */
  readonly email?: string | undefined;
}

/** The topic that alarms are sent to. Operators subscribe to it. The account's own EventBridge rules may use it, too. */
export class AlarmTopic extends Topic {
  /**
   * The topic has its own key, because neither CloudWatch nor EventBridge can use AWS's key for SNS.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
   */
  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    const masterKey = new Key(scope, `Key`, {
      description: 'Encrypts the alarms of Holdfast on their way to the subscribers',
      enableKeyRotation: true,
      // It encrypts nothing that is stored.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, { masterKey, enforceSSL: true });
    for (const { principal, conditions } of senders(this)) {
      const principals = [principal];
      masterKey.addToResourcePolicy(
        new PolicyStatement({
          principals,
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          resources: ['*'],
          conditions,
        }),
      );
      // A topic with its own policy loses the default one, which admits the account's alarms. So we grant that here.
      this.addToResourcePolicy(
        new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [this.topicArn], conditions }),
      );
    }
    if (email !== undefined) this.addSubscription(new EmailSubscription(email));
  }
}

/** Alarms, and rules like the one in docs/events.md. */
function senders(topic: Topic) {
  const { account } = Stack.of(topic);
  const ofAccount = (service: string, resource: string, arnFormat: ArnFormat) => ({
    ArnLike: { 'aws:SourceArn': Stack.of(topic).formatArn({ service, resource, resourceName: '*', arnFormat }) },
    StringEquals: { 'aws:SourceAccount': account },
  });
  return [
    {
      principal: new ServicePrincipal('cloudwatch.amazonaws.com'),
      conditions: ofAccount('cloudwatch', 'alarm', ArnFormat.COLON_RESOURCE_NAME),
    },
    {
      principal: new ServicePrincipal('events.amazonaws.com'),
      conditions: ofAccount('events', 'rule', ArnFormat.SLASH_RESOURCE_NAME),
    },
  ];
}
