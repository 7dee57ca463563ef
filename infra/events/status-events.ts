import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Status changes of nodes are sent to the account's default bus, where the user's own rules can match them. */
export function statusEventsStatement(scope: Construct): PolicyStatement {
  const bus = Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  return new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] });
}
