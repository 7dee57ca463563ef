/**
 * IAM in this process: the roles' policies, as the template has them, asked about every call that a function makes.
 *
 * A statement that denies wins, one that allows must be there, and silence is a refusal.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
import type { AuthorizationRequest } from './authorization-request';
import { isLike, readConditions, UnsupportedPolicy, type RoleRequest, type Condition } from './iam-conditions';

/** A statement of a policy, its references resolved. */
export interface StatementDefinition {
  /** The policy, and the statement's place in it. */
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

/** A request that was asked, and the statements that alone or together said yes to it; none where it was refused. */
export interface AuthorizationDecision {
  readonly roleArn: string;
  readonly request: AuthorizationRequest;
  readonly allowedBy: readonly string[];
}

export interface IamOptions {
  /** Is told of everything that is asked. */
  readonly onDecision?: ((asked: AuthorizationDecision) => void) | undefined;
}

const PLAYED = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

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

  /** Everything that was refused. */
  refusals(): readonly AuthorizationDecision[] {
    return this.refused;
  }

  /** Undefined where the role may; else why not, in AWS's words. */
  authorize(
    roleArn: string,
    sessionName: string,
    request: AuthorizationRequest,
  ): { readonly message: string } | undefined {
    const role = this.roles.get(roleArn);
    const answer = role?.ask(request) ?? { isDenied: false, allowedBy: [] };
    const asked = { roleArn, request, allowedBy: answer.isDenied ? [] : answer.allowedBy };
    this.options.onDecision?.(asked);
    if (asked.allowedBy.length > 0) return undefined;
    this.refused.push(asked);
    return { message: refusal(roleArn, sessionName, request, answer.isDenied) };
  }
}

class Role {
  private readonly statements: readonly Statement[];
  private readonly byAction = new Map<string, readonly Statement[]>();

  constructor(private readonly definition: RoleDefinition) {
    this.statements = definition.statements.map(readStatement);
  }

  ask(request: AuthorizationRequest): { readonly isDenied: boolean; readonly allowedBy: readonly string[] } {
    const asked = { ...request, principalArn: this.definition.arn };
    const applying = this.concerning(request.action).filter((statement) => applies(statement, asked));
    return {
      isDenied: applying.some(({ isDenial }) => isDenial),
      allowedBy: applying.filter(({ isDenial }) => !isDenial).map(({ id }) => id),
    };
  }

  private concerning(action: string): readonly Statement[] {
    const known = this.byAction.get(action);
    if (known !== undefined) return known;
    // IAM compares actions without regard to case, and resources with.
    const found = this.statements.filter(({ actions }) =>
      actions.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())),
    );
    this.byAction.set(action, found);
    return found;
  }
}

function applies({ resources, conditions }: Statement, asked: RoleRequest): boolean {
  // An action that knows no resources is allowed by nothing narrower than `*`.
  const isMeant = resources.some((pattern) => isLike(asked.resource, pattern));
  return isMeant && conditions.every((holds) => holds(asked));
}

function readStatement({ id, statement }: StatementDefinition): Statement {
  const unplayed = Object.keys(statement).find((element) => !PLAYED.includes(element));
  if (unplayed !== undefined) throw new UnsupportedPolicy(`${id}: ${unplayed} is not played here`);
  const { Effect, Action, Resource, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new UnsupportedPolicy(`${id}: the effect ${String(Effect)}`);
  return {
    id,
    isDenial: Effect === 'Deny',
    actions: texts(id, Action),
    resources: texts(id, Resource),
    conditions: readConditions(Condition),
  };
}

function texts(id: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = [value].flat();
  if (list.every((each) => typeof each === 'string')) return list;
  throw new UnsupportedPolicy(`${id}: not texts: ${JSON.stringify(value)}`);
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
