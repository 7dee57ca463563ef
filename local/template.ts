/**
 * What the synthesised CloudFormation template says of the things that run here: functions, tables, state
 * machines and event rules. Other resources (roles, logs, queues, alarms) are left alone.
 */
import { isObject } from './json';
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
  /** The source file, relative to the project's root. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

export interface TableDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly keySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];
  readonly attributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
}

export interface StateMachineDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** JSON text, substitutions made. */
  readonly definition: string;
}

export interface RuleDefinition {
  readonly logicalId: string;
  readonly pattern: unknown;
  readonly targetArns: readonly string[];
}

export interface ControlPlaneDefinition {
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly stateMachines: readonly StateMachineDefinition[];
  readonly rules: readonly RuleDefinition[];
}

const ENTRY_METADATA = 'holdfast:entry';
/** Lambda's own default. */
const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;
/** What of a rule's target may be there: where the event goes and who pays, but nothing that changes the event. */
const TARGET_FIELDS = ['Arn', 'Id', 'RoleArn', 'DeadLetterConfig', 'RetryPolicy'];

/** @throws UnreadableTemplate for whatever would run here and cannot be read */
export function readTemplate(template: unknown): ControlPlaneDefinition {
  if (!isObject(template) || !isObject(template['Resources'])) throw new UnreadableTemplate('This is no template');
  const values = new TemplateValues(template as unknown as CloudFormationTemplate);
  const resources = Object.entries((template as unknown as CloudFormationTemplate).Resources);
  const read = <T>(
    types: readonly string[],
    reader: (values: TemplateValues, id: string, resource: Resource) => T,
  ): T[] =>
    resources.filter(([, { Type }]) => types.includes(Type)).map(([id, resource]) => reader(values, id, resource));
  return {
    functions: read(['AWS::Lambda::Function'], readFunction),
    tables: read(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], readTable),
    stateMachines: read(['AWS::StepFunctions::StateMachine'], readStateMachine),
    rules: read(['AWS::Events::Rule'], readRule).filter((rule) => rule !== undefined),
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
  };
}

function readTable(values: TemplateValues, logicalId: string, { Properties = {} }: Resource): TableDefinition {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = Properties;
  if (GlobalSecondaryIndexes ?? LocalSecondaryIndexes) {
    throw new UnreadableTemplate(`${logicalId} has an index, which would have to be played late to be played right`);
  }
  return {
    logicalId,
    name: values.nameOf(logicalId),
    keySchema: KeySchema as TableDefinition['keySchema'],
    attributeDefinitions: AttributeDefinitions as TableDefinition['attributeDefinitions'],
  };
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
    if (!(name in substitutions)) throw new UnreadableTemplate(`${logicalId}: nothing is given for \${${name}}`);
    return values.text(substitutions[name]);
  });
  return { logicalId, name: values.nameOf(logicalId), arn: values.arnOf(logicalId), definition };
}

function readRule(
  values: TemplateValues,
  logicalId: string,
  { Properties = {} }: Resource,
): RuleDefinition | undefined {
  const { EventPattern, ScheduleExpression, State, Targets = [] } = Properties;
  if (State === 'DISABLED') return undefined;
  if (ScheduleExpression !== undefined)
    throw new UnreadableTemplate(`${logicalId} has a schedule, which is not played here`);
  const targetArns = (Targets as Record<string, unknown>[]).map((target) => {
    const unknown = Object.keys(target).find((field) => !TARGET_FIELDS.includes(field));
    if (unknown !== undefined) throw new UnreadableTemplate(`${logicalId}: a target's ${unknown} is not played here`);
    return values.text(target['Arn']);
  });
  return { logicalId, pattern: values.resolve(EventPattern), targetArns };
}
