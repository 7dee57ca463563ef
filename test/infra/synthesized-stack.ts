/** The synthesised template, and a way to read it: references by name, ARNs as one line. */
import { sharedTemplate } from '../setup/shared-template';

export interface Resource {
  readonly Type: string;
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface SynthesizedTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export const template = sharedTemplate() as SynthesizedTemplate;

/** The resources of a type, by logical id without the hash that CDK appends. */
export function resourcesOf(type: string, { Resources }: SynthesizedTemplate = template): Record<string, Resource> {
  const found = Object.entries(Resources).filter(([, resource]) => resource.Type === type);
  return Object.fromEntries(found.map(([logicalId, resource]) => [withoutHash(logicalId), resource]));
}

/**
 * Replaces CloudFormation's references: `{"Ref": "Table1CC39F63"}` reads `<Table>`, `Fn::GetAtt` reads
 * `<Table.Arn>`, a pseudo parameter `<AWS::Region>`, and `Fn::Join` is joined.
 */
export function readable(value: any): any {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return `<${withoutHash(value.Ref)}>`;
  if ('Fn::GetAtt' in value) return `<${withoutHash(value['Fn::GetAtt'][0])}.${value['Fn::GetAtt'][1]}>`;
  if ('Fn::Join' in value) return readable(value['Fn::Join'][1]).join(value['Fn::Join'][0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

/** Every statement that the stack's policies give each role. Anything but `Allow` would be an error here. */
export function statementsByRole(from: SynthesizedTemplate = template): Record<string, Statement[]> {
  const byRole: Record<string, Statement[]> = {};
  for (const role of Object.keys(resourcesOf('AWS::IAM::Role', from))) byRole[role] = [];
  // CDK moves the statements that exceed the limit of an inline policy to a managed one.
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].map((type) => resourcesOf(type, from));
  for (const { Properties } of policies.flatMap(Object.values<Resource>)) {
    for (const role of readable(Properties.Roles) as string[]) {
      byRole[role.slice(1, -1)]!.push(...Properties.PolicyDocument.Statement.map(statementOf));
    }
  }
  return byRole;
}

function statementOf({ Effect, Action, Resource, Condition, ...rest }: any): Statement {
  if (Effect !== 'Allow' || Object.keys(rest).length > 0)
    throw new Error(`unexpected: ${Effect} ${JSON.stringify(rest)}`);
  return {
    actions: [Action].flat(),
    resources: [readable(Resource)].flat(),
    ...(Condition !== undefined && { conditions: readable(Condition) }),
  };
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** Runs the work with context values as the CDK CLI passes them. */
export function withContext<T>(context: object, work: () => T): T {
  process.env.CDK_CONTEXT_JSON = JSON.stringify(context);
  try {
    return work();
  } finally {
    delete process.env.CDK_CONTEXT_JSON;
  }
}
