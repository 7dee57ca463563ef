import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { readDefinition } from './definitions';
import type { OperationKind } from '../../domain/node/stateful-node';
import { stateMachineName } from './state-machine-arns';
import type { StepsFunction } from '../functions/steps-function';

export interface WorkflowProps {
  /** Selects the definition and names the state machine. */
  readonly kind: OperationKind;
  readonly steps: StepsFunction;
}

/**
 * A Standard state machine that runs the steps. The template has the definition as it was read, and the substitutions
 * apart, so that we deploy what we test.
 */
export class Workflow extends StateMachine {
  readonly kind: OperationKind;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    const name = stateMachineName(scope, props.kind);
    const logGroup = new LogGroup(scope, `${id}Log`, {
      // With this prefix, log delivery needs no resource policy of its own. An account may have only ten of them.
      // Source: Step Functions Developer Guide, "cw-logs".
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(readDefinition(props.kind)),
      definitionSubstitutions: { StepsFunctionArn: props.steps.function.functionArn, Operation: props.kind },
      logs: { destination: logGroup, level: LogLevel.ERROR, includeExecutionData: true },
      tracingEnabled: true,
    });
    this.kind = props.kind;
    this.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.steps.function.functionArn] }),
    );
    this.acknowledgeFindings();
  }

  private acknowledgeFindings(): void {
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Executions keep their full history for 90 days. The log is only for errors.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Log delivery and X-Ray define no resource types, so IAM takes only * for their actions.',
      },
    );
  }
}
