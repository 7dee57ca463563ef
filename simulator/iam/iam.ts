/**
 * IAM, simulated in this process. The policies of the template's roles decide on every call that a function makes.
 *
 * An explicit deny wins. Without a deny, a statement must allow the call; the default is to refuse it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
import type { AuthorizationRequest } from './authorization-request';
import { isLike, readConditions, UnsupportedPolicy, type RoleRequest, type Condition } from './iam-conditions';

/** A statement of a policy, with its references resolved. */
export interface StatementDefinition {
  /** Names the policy, and the statement's index in it. */
  readonly id: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

export interface RoleDefinition {
  readonly arn: string;
  readonly statements: readonly StatementDefinition[];
}

interface Statement {
  readonly id: string;
  readonly isDenial: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

/** A request, and the statements that allow it. The list is empty if the request was refused. */
export interface AuthorizationDecision {
  readonly roleArn: string;
  readonly request: AuthorizationRequest;
  readonly allowedBy: readonly string[];
}

export interface IamOptions {
  /** Receives every decision. */
  readonly onDecision?: ((decision: AuthorizationDecision) => void) | undefined;
}

const SUPPORTED_ELEMENTS = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

export class LocalIam {
  private readonly roles: ReadonlyMap<string, Role>;
  private readonly refused: AuthorizationDecision[] = [];

  /** @throws UnsupportedPolicy */
  constructor(
    roles: readonly RoleDefinition[],
    private readonly options: IamOptions = {},
  ) {
    this.roles = new Map(roles.map((role) => [role.arn, new Role(role)]));
  }

  /** Every refused request. */
  refusals(): readonly AuthorizationDecision[] {
    return this.refused;
  }

  /** Returns undefined if the role may make the call, else the reason in AWS's words. */
  authorize(
    roleArn: string,
    sessionName: string,
    request: AuthorizationRequest,
  ): { readonly message: string } | undefined {
    const role = this.roles.get(roleArn);
    const { isDenied, allowedBy } = role?.evaluate(request) ?? { isDenied: false, allowedBy: [] };
    const decision = { roleArn, request, allowedBy: isDenied ? [] : allowedBy };
    this.options.onDecision?.(decision);
    if (decision.allowedBy.length > 0) return undefined;
    this.refused.push(decision);
    return { message: refusal(roleArn, sessionName, request, isDenied) };
  }
}

class Role {
  private readonly statements: readonly Statement[];
  private readonly byAction = new Map<string, readonly Statement[]>();

  constructor(private readonly definition: RoleDefinition) {
    this.statements = definition.statements.map(readStatement);
  }

  evaluate(request: AuthorizationRequest): { readonly isDenied: boolean; readonly allowedBy: readonly string[] } {
    const roleRequest = { ...request, principalArn: this.definition.arn };
    const applying = this.statementsFor(request.action).filter((statement) => applies(statement, roleRequest));
    return {
      isDenied: applying.some(({ isDenial }) => isDenial),
      allowedBy: applying.filter(({ isDenial }) => !isDenial).map(({ id }) => id),
    };
  }

  private statementsFor(action: string): readonly Statement[] {
    const known = this.byAction.get(action);
    if (known !== undefined) return known;
    // IAM ignores case when it compares actions, but not when it compares resources.
    const found = this.statements.filter(({ actions }) =>
      actions.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())),
    );
    this.byAction.set(action, found);
    return found;
  }
}

function applies({ resources, conditions }: Statement, request: RoleRequest): boolean {
  // Only `*` allows an action that has no resource types.
  const matchesResource = resources.some((pattern) => isLike(request.resource, pattern));
  return matchesResource && conditions.every((holds) => holds(request));
}

function readStatement({ id, statement }: StatementDefinition): Statement {
  const unsupported = Object.keys(statement).find((element) => !SUPPORTED_ELEMENTS.includes(element));
  if (unsupported !== undefined) throw new UnsupportedPolicy(`${id}: ${unsupported} is not simulated`);
  const { Effect, Action, Resource, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny')
    throw new UnsupportedPolicy(`${id}: the effect ${String(Effect)} is not supported`);
  return {
    id,
    isDenial: Effect === 'Deny',
    actions: strings(id, Action),
    resources: strings(id, Resource),
    conditions: readConditions(Condition),
  };
}

function strings(id: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = [value].flat();
  if (list.every((each) => typeof each === 'string')) return list;
  throw new UnsupportedPolicy(`${id}: must be strings: ${JSON.stringify(value)}`);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function refusal(
  roleArn: string,
  sessionName: string,
  { action, resource }: AuthorizationRequest,
  isDenied: boolean,
): string {
  const [, , , , accountId, role = ''] = roleArn.split(':');
  const user = `arn:aws:sts::${accountId}:assumed-role/${role.slice(role.lastIndexOf('/') + 1)}/${sessionName}`;
  const why = isDenied
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
