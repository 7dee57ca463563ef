/** Reads the roles of the template, each with the statements of its policies. References are resolved. */
import { isObject } from '../json';
import type { RoleDefinition, StatementDefinition } from '../iam/iam';
import { UnreadableTemplate, type Resource, type TemplateValues } from './template-values';

const ROLE = 'AWS::IAM::Role';
/** CDK makes a managed policy for what exceeds the limit of an inline one. */
const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

export const ROLE_TYPES = [ROLE, ...POLICIES];

/** @throws UnreadableTemplate for a policy that is not in the template */
export function readRoles(
  values: TemplateValues,
  resources: readonly (readonly [string, Resource])[],
): readonly RoleDefinition[] {
  const attached = resources
    .filter(([, { Type }]) => POLICIES.includes(Type))
    .map(([id, policy]) => readPolicy(values, id, policy));
  return resources
    .filter(([, { Type }]) => Type === ROLE)
    .map(([id, { Properties = {} }]) => {
      if (Properties['ManagedPolicyArns'] !== undefined) throw new UnreadableTemplate(`${id} has a managed policy`);
      const inline = (Properties['Policies'] ?? []) as readonly { readonly PolicyDocument: unknown }[];
      const name = values.nameOf(id);
      return {
        arn: values.arnOf(id),
        statements: [
          ...inline.flatMap(({ PolicyDocument }, index) => statementsOf(values, `${id}.${index}`, PolicyDocument)),
          ...attached.flatMap(({ roles, statements }) => (roles.includes(name) ? statements : [])),
        ],
      };
    });
}

function readPolicy(values: TemplateValues, id: string, { Properties = {} }: Resource) {
  const { Roles, PolicyDocument } = Properties;
  if (!Array.isArray(Roles)) throw new UnreadableTemplate(`${id} is a policy without roles`);
  return { roles: Roles.map((role) => values.text(role)), statements: statementsOf(values, id, PolicyDocument) };
}

function statementsOf(values: TemplateValues, id: string, document: unknown): readonly StatementDefinition[] {
  const { Statement } = values.resolve(document) as { readonly Statement: unknown };
  return [Statement].flat().map((statement, index) => {
    if (!isObject(statement)) throw new UnreadableTemplate(`${id} has a statement that is not an object`);
    return { id: `${id}[${index}]`, statement };
  });
}
