import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What becomes of nodes is told on the account's own bus, for whoever has a rule there. */
export function statusEventsStatement(scope: Construct): PolicyStatement {
  const bus = Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  return new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] });
}
