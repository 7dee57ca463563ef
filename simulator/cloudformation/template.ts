/**
 * Reads from the synthesised CloudFormation template what runs here: functions, tables, state machines, event rules,
 * secrets and the API. A list names the resource types without effect here. Every other type is refused, because a
 * forgotten resource would work when deployed and do nothing here.
 */
import { isObject } from '../json';
import type { RoleDefinition } from '../iam/iam';
import type { AlarmDefinition } from '../cloudwatch/alarms';
import { ALARM, readAlarm } from './template-alarms';
import { API_TYPES, readApi, type ApiDefinition } from './template-api';
import { readRoles, ROLE_TYPES } from './template-roles';
import {
  REGION,
  TemplateValues,
  UnreadableTemplate,
  type CloudFormationTemplate,
  type Resource,
} from './template-values';

export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The source file, relative to the project root. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** How many times Lambda retries a failed asynchronous invocation. */
  readonly asyncRetries: number;
  /** The queue for events that it has failed to handle. Absent: Lambda drops them. */
  readonly deadLetterQueue?: string | undefined;
  /** The function's execution role. Absent: the template names none. */
  readonly roleArn?: string | undefined;
}

export interface TableDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly keySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  readonly attributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  /** Its global secondary indexes. @default - none */
  readonly indexes?: IndexDefinition[];
}

export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: TableDefinition['keySchema'];
  readonly Projection: {
    readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly NonKeyAttributes?: string[];
  };
}

export interface StateMachineDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** JSON text after substitutions. */
  readonly definition: string;
}

export interface RuleDefinition {
  readonly logicalId: string;
  readonly pattern: unknown;
  readonly targetArns: readonly string[];
}

/** A rule with a schedule instead of a pattern. */
export interface ScheduleDefinition {
  readonly logicalId: string;
  readonly ruleArn: string;
  /** The interval, in milliseconds. */
  readonly everyMs: number;
  readonly targetArns: readonly string[];
}

export interface SecretDefinition {
  readonly logicalId: string;
  readonly arn: string;
  /** A JSON object. The generated value is added under the key. */
  readonly template: string;
  readonly key: string;
  /** Characters of the generated value. */
  readonly length: number;
}

export interface ControlPlaneDefinition {
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly stateMachines: readonly StateMachineDefinition[];
  readonly rules: readonly RuleDefinition[];
  readonly schedules: readonly ScheduleDefinition[];
  readonly secrets: readonly SecretDefinition[];
  readonly roles: readonly RoleDefinition[];
  readonly alarms: readonly AlarmDefinition[];
  /** Undefined: the template has none. */
  readonly api: ApiDefinition | undefined;
}

/** Permissions, keys, logs, dashboards and topics. None of it is simulated. */
const WITHOUT_EFFECT = [
  'AWS::Lambda::Permission',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::Logs::LogGroup',
  'AWS::CloudWatch::Dashboard',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  // The local control plane keeps undelivered events itself.
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::CDK::Metadata',
];
const RULE = 'AWS::Events::Rule';
const INVOKE_CONFIG = 'AWS::Lambda::EventInvokeConfig';
const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
const READ = [
  'AWS::Lambda::Function',
  'AWS::StepFunctions::StateMachine',
  RULE,
  INVOKE_CONFIG,
  'AWS::SecretsManager::Secret',
  ALARM,
  ...TABLE_TYPES,
  ...API_TYPES,
  ...ROLE_TYPES,
];

const ENTRY_METADATA = 'holdfast:entry';
const KEPT_TABLE_METADATA = 'holdfast:kept-table';
const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Lambda's own default. */
const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;
/** Lambda's own default, which is also its maximum. */
const MOST_ASYNC_RETRIES = 2;
/** Secrets Manager's own default. */
const DEFAULT_PASSWORD_LENGTH = 32;
/** The fields that a rule's target may have. None of them changes the event. */
const TARGET_FIELDS = ['Arn', 'Id', 'RoleArn', 'DeadLetterConfig', 'RetryPolicy'];

/** @throws UnreadableTemplate for a resource that would run here and cannot be read */
export function readTemplate(template: unknown): ControlPlaneDefinition {
  if (!isObject(template) || !isObject(template['Resources']))
    throw new UnreadableTemplate('This is not a CloudFormation template');
  const values = new TemplateValues(template as unknown as CloudFormationTemplate);
  const resources = Object.entries((template as unknown as CloudFormationTemplate).Resources);
  for (const [id, { Type }] of resources) {
    if (!READ.includes(Type) && !WITHOUT_EFFECT.includes(Type)) {
      throw new UnreadableTemplate(`${id}: the resource type ${Type} is not supported`);
    }
  }
  const read = <T>(
    types: readonly string[],
    reader: (values: TemplateValues, id: string, resource: Resource) => T,
  ): T[] =>
    resources.filter(([, { Type }]) => types.includes(Type)).map(([id, resource]) => reader(values, id, resource));
  return {
    functions: withInvokeConfigs(
      read(['AWS::Lambda::Function'], readFunction),
      read([INVOKE_CONFIG], readInvokeConfig),
    ),
    tables: [...read(TABLE_TYPES, readTable), ...readKeptTable(values, template['Metadata'])],
    stateMachines: read(['AWS::StepFunctions::StateMachine'], readStateMachine),
    rules: read([RULE], readRule).filter((rule) => rule !== undefined),
    schedules: read([RULE], readSchedule).filter((schedule) => schedule !== undefined),
    secrets: read(['AWS::SecretsManager::Secret'], readSecret),
    roles: readRoles(values, resources),
    alarms: read([ALARM], readAlarm),
    api: readApi(values, resources),
  };
}

function readFunction(
  values: TemplateValues,
  logicalId: string,
  { Properties, Metadata }: Resource,
): FunctionDefinition {
  const entry = Metadata?.[ENTRY_METADATA];
  if (typeof entry !== 'string') throw new UnreadableTemplate(`${logicalId} has no metadata ${ENTRY_METADATA}`);
  const { Variables = {} } = (Properties?.['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  const role = Properties?.['Role'];
  return {
    logicalId,
    name: values.nameOf(logicalId),
    arn: values.arnOf(logicalId),
    entry,
    environment: {
      // What Lambda itself sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
      AWS_REGION: REGION,
      ...Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, values.text(value)])),
    },
    timeoutSeconds: Number(Properties?.['Timeout'] ?? DEFAULT_FUNCTION_TIMEOUT_SECONDS),
    asyncRetries: MOST_ASYNC_RETRIES,
    deadLetterQueue: queueNameOf(values, Properties),
    roleArn: role === undefined ? undefined : values.text(role),
  };
}

function queueNameOf(values: TemplateValues, properties: Resource['Properties']): string | undefined {
  const config = properties?.['DeadLetterConfig'];
  return isObject(config) ? values.text(config['TargetArn']).split(':').at(-1) : undefined;
}

interface InvokeConfig {
  readonly functionName: string;
  readonly asyncRetries: number;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventinvokeconfig.html */
function readInvokeConfig(values: TemplateValues, logicalId: string, { Properties = {} }: Resource): InvokeConfig {
  const { FunctionName, Qualifier, MaximumRetryAttempts = MOST_ASYNC_RETRIES, ...others } = Properties;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new UnreadableTemplate(`${logicalId}: ${unknown} is not simulated`);
  if (Qualifier !== '$LATEST')
    throw new UnreadableTemplate(`${logicalId} is not for $LATEST, the only version that runs here`);
  return { functionName: values.text(FunctionName), asyncRetries: Number(MaximumRetryAttempts) };
}

function withInvokeConfigs(
  functions: readonly FunctionDefinition[],
  configs: readonly InvokeConfig[],
): readonly FunctionDefinition[] {
  return functions.map((each) => {
    const config = configs.find(({ functionName }) => functionName === each.name);
    return config === undefined ? each : { ...each, asyncRetries: config.asyncRetries };
  });
}

/** Times to live are not simulated: the database deletes no items. When deployed, DynamoDB takes days to do it. */
function readTable(values: TemplateValues, logicalId: string, { Properties = {} }: Resource): TableDefinition {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = Properties;
  if (LocalSecondaryIndexes !== undefined) {
    throw new UnreadableTemplate(`${logicalId} has a local index; only global indexes are simulated`);
  }
  return {
    logicalId,
    name: values.nameOf(logicalId),
    keySchema: KeySchema as TableDefinition['keySchema'],
    attributeDefinitions: AttributeDefinitions as TableDefinition['attributeDefinitions'],
    ...(Array.isArray(GlobalSecondaryIndexes) && { indexes: GlobalSecondaryIndexes as IndexDefinition[] }),
  };
}

/** A table that the stack uses and does not create. Only this resource may exist before the stack. */
function readKeptTable(values: TemplateValues, metadata: unknown): readonly TableDefinition[] {
  const kept = isObject(metadata) ? metadata[KEPT_TABLE_METADATA] : undefined;
  if (!isObject(kept)) return [];
  const name = values.text(kept['TableName']);
  return [
    {
      logicalId: name,
      name,
      keySchema: kept['KeySchema'] as TableDefinition['keySchema'],
      attributeDefinitions: kept['AttributeDefinitions'] as TableDefinition['attributeDefinitions'],
    },
  ];
}

function readStateMachine(
  values: TemplateValues,
  logicalId: string,
  { Properties = {} }: Resource,
): StateMachineDefinition {
  const { DefinitionString, DefinitionSubstitutions = {}, StateMachineType = 'STANDARD' } = Properties;
  if (StateMachineType !== 'STANDARD')
    throw new UnreadableTemplate(`${logicalId} is ${String(StateMachineType)}, not STANDARD`);
  if (DefinitionString === undefined) throw new UnreadableTemplate(`${logicalId} has no DefinitionString`);
  const substitutions = DefinitionSubstitutions as Record<string, unknown>;
  const definition = values.text(DefinitionString).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (!(name in substitutions)) throw new UnreadableTemplate(`${logicalId}: no value is given for \${${name}}`);
    return values.text(substitutions[name]);
  });
  return { logicalId, name: values.nameOf(logicalId), arn: values.arnOf(logicalId), definition };
}

function readRule(
  values: TemplateValues,
  logicalId: string,
  { Properties = {} }: Resource,
): RuleDefinition | undefined {
  const { EventPattern, ScheduleExpression, State } = Properties;
  if (State === 'DISABLED' || EventPattern === undefined) return undefined;
  if (ScheduleExpression !== undefined) {
    throw new UnreadableTemplate(`${logicalId} has a pattern and a schedule: write two rules`);
  }
  return { logicalId, pattern: values.resolve(EventPattern), targetArns: readTargets(values, logicalId, Properties) };
}

function readSchedule(
  values: TemplateValues,
  logicalId: string,
  { Properties = {} }: Resource,
): ScheduleDefinition | undefined {
  const { ScheduleExpression, State } = Properties;
  if (State === 'DISABLED' || ScheduleExpression === undefined) return undefined;
  return {
    logicalId,
    ruleArn: values.arnOf(logicalId),
    everyMs: readRate(logicalId, ScheduleExpression),
    targetArns: readTargets(values, logicalId, Properties),
  };
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function readRate(logicalId: string, expression: unknown): number {
  const [, count, unit] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (unitMs === undefined) {
    throw new UnreadableTemplate(`${logicalId}: the schedule ${String(expression)} is not simulated`);
  }
  // The unit after 1 must be singular, and plural after any other number. CloudFormation refuses the rule otherwise.
  if ((count === '1') === String(expression).endsWith('s)')) {
    throw new UnreadableTemplate(`${logicalId}: EventBridge refuses ${String(expression)}`);
  }
  return Number(count) * unitMs;
}

function readTargets(values: TemplateValues, logicalId: string, { Targets = [] }: NonNullable<Resource['Properties']>) {
  return (Targets as Record<string, unknown>[]).map((target) => {
    const unknown = Object.keys(target).find((field) => !TARGET_FIELDS.includes(field));
    if (unknown !== undefined) throw new UnreadableTemplate(`${logicalId}: a target's ${unknown} is not simulated`);
    return values.text(target['Arn']);
  });
}

function readSecret(values: TemplateValues, logicalId: string, { Properties = {} }: Resource): SecretDefinition {
  const generate = Properties['GenerateSecretString'];
  if (!isObject(generate) || typeof generate['GenerateStringKey'] !== 'string') {
    throw new UnreadableTemplate(`${logicalId}: the secret is not generated under a key`);
  }
  return {
    logicalId,
    arn: values.arnOf(logicalId),
    template: values.text(generate['SecretStringTemplate']),
    key: generate['GenerateStringKey'],
    length: Number(generate['PasswordLength'] ?? DEFAULT_PASSWORD_LENGTH),
  };
}
