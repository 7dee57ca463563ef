import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functionCode } from '../bundling/function-code';
import { deploymentName } from '../deployment-name';

/** Template metadata that names a function's source file, for the local control plane. */
const ENTRY_METADATA = 'holdfast:entry';

/** Lambda gives CPU in proportion to memory. A cold start needs mostly CPU, and it delays a replacement. */
const MEMORY_MEBIBYTES = 1024;

/** A step makes a few EC2 calls with bounded retries. State machines wait a little longer, so Lambda gives up first. */
const DEFAULT_TIMEOUT_SECONDS = 60;

export interface HoldfastFunctionProps {
  /** The source file, relative to the repository's root; exports `handler`. */
  readonly entry: string;
  readonly description: string;
  /** Every function also has `DEPLOYMENT`, the name of its deployment. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The queue for events whose asynchronous invocation failed after every retry.
   * @default - the function is not invoked asynchronously
   */
  readonly deadLetterQueue?: IQueue;
  /** How often Lambda repeats an asynchronous invocation that failed. @default 2 */
  readonly retryAttempts?: number;
  /** @default 60 */
  readonly timeoutSeconds?: number;
  /**
   * `PASS_THROUGH` for a function that only AWS's own events and schedules start: each would begin a trace of one function, which
   * says no more than its log, and is paid for.
   * @default Tracing.ACTIVE
   */
  readonly tracing?: Tracing;
  /** Whether the built files of the web console lie beside the code, in `console`. @default false */
  readonly hasConsoleFiles?: boolean;
}

/** A Lambda function with the settings that all functions of Holdfast share. Its role may only write its own log. */
export class HoldfastFunction extends Function {
  readonly executionRole: Role;

  constructor(scope: Construct, id: string, props: HoldfastFunctionProps) {
    const { entry, environment, hasConsoleFiles, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, ...rest } = props;
    // The default role has a managed policy that allows it to write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      ...rest,
      environment: { ...environment, DEPLOYMENT: deploymentName(scope) },
      code: functionCode(entry, { hasConsoleFiles }),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MEBIBYTES,
      timeout: Duration.seconds(timeoutSeconds),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Each start and end of an invocation would be a line of its own. CloudWatch's metrics count them already.
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: props.tracing ?? Tracing.ACTIVE,
    });
    this.executionRole = role;
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray defines no resource types for the actions that write traces, so IAM takes only * for them.',
    });
    this.addEnvironment('NODE_OPTIONS', '--enable-source-maps');
    logGroup.grantWrite(this);
    (this.node.defaultChild as CfnFunction).addMetadata(ENTRY_METADATA, entry);
  }
}
