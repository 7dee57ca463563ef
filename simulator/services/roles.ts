/**
 * IAM's roles, simulated at the SDK's `send()`: a client can create a role with an inline policy, and delete it.
 * Another service can assume it some seconds later.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, "Changes that I make are not always immediately visible"
 */
import {
  CreateRoleCommand,
  DeleteConflictException,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  EntityAlreadyExistsException,
  NoSuchEntityException,
  PutRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { AuthorizationRequest } from '../iam/authorization-request';
import { LocalIam, type StatementDefinition } from '../iam/iam';
import { isObject } from '../json';
import type { Clock } from '../time/clock';

interface StoredRole {
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly trustedService: string;
  readonly policies: Map<string, string>;
}

const KNOWN_AFTER_MS = 8_000;
const $metadata = { httpStatusCode: 400 };

export class LocalRoles {
  readonly client: Pick<IAMClient, 'send'>;
  private readonly roles = new Map<string, StoredRole>();

  constructor(
    private readonly clock: Clock,
    private readonly accountId: string,
  ) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  names(): readonly string[] {
    return [...this.roles.keys()];
  }

  /** Whether the service, like `fis.amazonaws.com`, can assume the role and then make the call. */
  allows(service: string, roleArn: string, request: AuthorizationRequest): boolean {
    const role = [...this.roles.values()].find(({ arn }) => arn === roleArn);
    if (role?.trustedService !== service || this.clock.now() < role.createdAt + KNOWN_AFTER_MS) return false;
    const statements = [...role.policies].flatMap(([name, document]) => statementsOf(name, document));
    return new LocalIam([{ arn: roleArn, statements }]).authorize(roleArn, service, request) === undefined;
  }

  private async perform(command: unknown): Promise<object> {
    if (command instanceof CreateRoleCommand) return this.create(command.input);
    if (command instanceof PutRolePolicyCommand) return this.putPolicy(command.input);
    if (command instanceof DeleteRolePolicyCommand) return this.deletePolicy(command.input);
    if (command instanceof DeleteRoleCommand) return this.delete(command.input);
    throw new Error(`${(command as object).constructor.name} is not supported by the local IAM`);
  }

  private create({ RoleName: name = '', AssumeRolePolicyDocument: trust = '' }: CreateRoleCommand['input']): object {
    if (this.roles.has(name)) {
      throw new EntityAlreadyExistsException({ message: `Role with name ${name} already exists.`, $metadata });
    }
    const arn = `arn:aws:iam::${this.accountId}:role/${name}`;
    const trustedService = serviceIn(trust);
    this.roles.set(name, { arn, createdAt: this.clock.now(), trustedService, policies: new Map() });
    return { Role: { RoleName: name, Arn: arn } };
  }

  private putPolicy({ RoleName, PolicyName = '', PolicyDocument = '' }: PutRolePolicyCommand['input']): object {
    statementsOf(PolicyName, PolicyDocument);
    this.find(RoleName).policies.set(PolicyName, PolicyDocument);
    return {};
  }

  private deletePolicy({ RoleName, PolicyName = '' }: DeleteRolePolicyCommand['input']): object {
    if (!this.find(RoleName).policies.delete(PolicyName)) {
      throw new NoSuchEntityException({ message: `The policy ${PolicyName} cannot be found.`, $metadata });
    }
    return {};
  }

  private delete({ RoleName = '' }: DeleteRoleCommand['input']): object {
    if (this.find(RoleName).policies.size > 0) {
      throw new DeleteConflictException({ message: 'Cannot delete entity, must delete policies first.', $metadata });
    }
    this.roles.delete(RoleName);
    return {};
  }

  private find(name = ''): StoredRole {
    const role = this.roles.get(name);
    if (role !== undefined) return role;
    throw new NoSuchEntityException({ message: `The role with name ${name} cannot be found.`, $metadata });
  }
}

function statementsOf(policyName: string, document: string): readonly StatementDefinition[] {
  const policy: unknown = JSON.parse(document);
  if (!isObject(policy)) throw new Error(`The policy ${policyName} is not an object`);
  return [policy['Statement']].flat().map((statement, index) => {
    if (!isObject(statement)) throw new Error(`The policy ${policyName} has a statement that is not an object`);
    return { id: `${policyName}/${index}`, statement };
  });
}

/** The only trust that is simulated is that of one service. */
function serviceIn(trust: string): string {
  const [first] = statementsOf('trust', trust);
  const principal = first?.statement['Principal'];
  const service = isObject(principal) ? principal['Service'] : undefined;
  if (typeof service !== 'string') throw new Error('Only a trust of one service is supported by the local IAM');
  return service;
}
