import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Holdfast } from './holdfast';

/**
 * What a person needs after the deployment: names, and commands that can be pasted as they are. The CLI prints them, and
 * `aws cloudformation describe-stacks` does later.
 */
export class StackOutputs {
  constructor(
    private readonly stack: Stack,
    private readonly holdfast: Holdfast,
  ) {
    this.publishNames();
    this.publishCommands();
  }

  private publishNames(): void {
    const { table, api, alarms, operations, reconciler, undelivered } = this.holdfast;
    this.output('ApiUrl', api.url, 'Where the API is');
    if (api.console !== undefined) this.output('ConsoleUrl', api.console.url, this.howToOpenTheConsole());
    if (api.token !== undefined) {
      this.output('ApiTokenSecretArn', api.token.secret.secretArn, this.howToReadTheToken('ApiTokenSecretArn'));
    }
    if (api.domainTarget !== undefined) {
      this.output('ApiDomainTarget', api.domainTarget, "The target for the CNAME record of the API's domain name");
    }
    this.output('AlarmTopicArn', alarms.topic.topicArn, 'Subscribe here to hear of alarms');
    this.output('TableName', table.table.tableName, 'The node records');
    for (const workflow of operations.all()) {
      this.output(
        `${workflow.node.id}StateMachineArn`,
        workflow.stateMachineArn,
        `The state machine ${workflow.kind}-node: each execution is one operation on a node`,
      );
    }
    this.output('ReconcilerFunctionName', reconciler.function.functionName, 'Compares all nodes with EC2');
    this.output('UndeliveredEventsQueueUrl', undelivered.queue.queueUrl, 'The dead letters of events about instances');
  }

  private publishCommands(): void {
    const { stackName, region } = this.stack;
    const { topicArn } = this.holdfast.alarms.topic;
    this.output(
      'ListNodesCommand',
      `npx holdfast --stack ${stackName} --region ${region} list`,
      'Lists the nodes. Run it where you deployed from: it finds the URL and the token by itself',
    );
    this.output(
      'SubscribeCommand',
      `aws sns subscribe --region ${region} --topic-arn ${topicArn} --protocol email --notification-endpoint you@example.com`,
      'Sends the alarms to an e-mail address, which must confirm that first',
    );
    const variables = Object.entries(this.shellVariables()).map(([name, value]) => `${name}=${value}`);
    this.output('ShellVariables', `export ${variables.join(' ')}`, 'Sets what the commands in docs/ use');
  }

  private shellVariables(): Readonly<Record<string, string>> {
    const { table, api, operations, reconciler, wakeUp, undelivered } = this.holdfast;
    return {
      AWS_REGION: this.stack.region,
      API_URL: api.url,
      ...(api.token !== undefined && {
        SECRET: api.token.secret.secretArn,
        TOKEN: `$(${this.readToken(api.token.secret.secretArn)})`,
      }),
      TABLE: table.table.tableName,
      RECONCILER: reconciler.function.functionName,
      WAKE_WAITER: wakeUp.function.functionName,
      QUEUE: undelivered.queue.queueUrl,
      REPLACE_NODE: operations.workflow('replace').stateMachineArn,
      DELETE_NODE: operations.workflow('delete').stateMachineArn,
    };
  }

  /** The AWS CLI cannot look into the secret's JSON. Node.js can, and deployed this stack. */
  private readToken(secretArn: string): string {
    const read = `aws secretsmanager get-secret-value --region ${this.stack.region} --secret-id ${secretArn}`;
    const current = `node -p 'JSON.parse(require("fs").readFileSync(0)).current'`;
    return `${read} --query SecretString --output text | ${current}`;
  }

  private output(name: string, value: string, description: string): void {
    new CfnOutput(this.stack, name, { value, description });
  }

  /** Without a reference too, so without the Region, which the AWS configuration has. */
  private howToOpenTheConsole(): string {
    return this.holdfast.api.token === undefined
      ? `The web console signs nothing by itself: npx holdfast --stack ${this.stack.stackName} console`
      : 'The web console. It asks for the API token';
  }

  /** A description cannot contain a reference, so the command looks up the secret. */
  private howToReadTheToken(output: string): string {
    const query = `Stacks[0].Outputs[?OutputKey=='${output}'].OutputValue`;
    const secretId = `$(aws cloudformation describe-stacks --stack-name ${this.stack.stackName} --query "${query}" --output text)`;
    return `aws secretsmanager get-secret-value --secret-id "${secretId}" --query SecretString --output text`;
  }
}
