/** Interrupts an instance through AWS FIS, with a role and a template that exist only for that. */
import { Failed } from '../../cli/failures';
import { codeOf, reasonOf } from './account/aws-error';
import type { Clients } from './account/clients';
import {
  createTemplate,
  deleteTemplate,
  findTemplates,
  readExperiment,
  startExperiment,
  stopExperiment,
} from './account/experiment';
import { createRole, removeRole, roleRemovalCommand } from './account/experiment-role';
import type { Caller } from './account/surroundings';
import type { Cleanup, Task } from './cleanup';
import { until, type Time } from './time';

export interface InterruptionOptions {
  readonly clients: Pick<Clients, 'fis' | 'iam'>;
  readonly time: Time;
  readonly cleanup: Cleanup;
  readonly caller: Caller;
  readonly region: string;
  readonly runId: string;
  /** Of the role, the template and the attempts. */
  readonly name: string;
  /** A role that exists. @default - a role is made and removed */
  readonly roleArn: string | undefined;
}

/** IAM makes a new role known to other services within some seconds, and promises no time. */
const ROLE_KNOWN_MAX_MS = 120_000;
const RETRY_MS = 5_000;
const POLL_MS = 1_000;
/** How long FIS may take until the action runs. */
const ACTION_MAX_MS = 120_000;
/** No attempt is made again after these: waiting does not change what the caller may do. */
const FINAL: readonly string[] = ['AccessDeniedException', 'ServiceQuotaExceededException'];

export class Interruption {
  private readonly tasks: Task[] = [];
  private templateIds: readonly string[] = [];
  private experimentIds: readonly string[] = [];
  private failure = '';

  constructor(private readonly options: InterruptionOptions) {}

  /**
   * Returns when FIS began to send the interruption, in milliseconds since 1970.
   * @throws Failed if FIS refuses it or does not begin in time
   */
  async send(instanceId: string): Promise<number> {
    const { caller, region, runId, name, time } = this.options;
    const instanceArn = `arn:${caller.partition}:ec2:${region}:${caller.accountId}:instance/${instanceId}`;
    const roleArn = this.options.roleArn ?? (await this.makeRole(instanceArn));
    this.addTemplateTask();
    const startedAtMs = await until(time, RETRY_MS, ROLE_KNOWN_MAX_MS, () =>
      this.attempt({ name, runId, roleArn, instanceArn }),
    );
    if (startedAtMs === undefined) throw new Failed(`FIS did not interrupt ${instanceId}: ${this.failure}`);
    return startedAtMs;
  }

  /** Removes the role and the template, and ends an experiment that still runs. */
  async remove(): Promise<void> {
    for (const task of this.tasks.splice(0).toReversed()) await this.options.cleanup.finish(task);
  }

  private async makeRole(instanceArn: string): Promise<string> {
    const { clients, cleanup, caller, region, runId, name } = this.options;
    const task: Task = {
      what: `the role ${name}`,
      remove: () => removeRole(clients, name),
      command: () => roleRemovalCommand(name),
    };
    cleanup.add(task);
    this.tasks.push(task);
    const { partition, accountId } = caller;
    return createRole(clients, { name, runId, partition, region, accountId, instanceArn });
  }

  private addTemplateTask(): void {
    const { name } = this.options;
    const task: Task = {
      what: `the FIS template ${name}`,
      remove: () => this.removeTemplate(),
      command: () => this.removalCommand(),
    };
    this.options.cleanup.add(task);
    this.tasks.push(task);
  }

  private async removeTemplate(): Promise<void> {
    const { clients, name } = this.options;
    for (const id of this.experimentIds) await stopExperiment(clients, id);
    const ids = this.templateIds.length > 0 ? this.templateIds : await findTemplates(clients, name);
    for (const id of ids) await deleteTemplate(clients, id);
  }

  private removalCommand(): string {
    const { name } = this.options;
    const query = `experimentTemplates[?tags.Name=='${name}'].id`;
    const list = `$(aws fis list-experiment-templates --query "${query}" --output text)`;
    const stops = this.experimentIds.map((id) => `aws fis stop-experiment --id ${id}; `);
    const ids = this.templateIds.length > 0 ? this.templateIds : [list];
    return stops.join('') + ids.map((id) => `aws fis delete-experiment-template --id ${id}`).join('; ');
  }

  /** Undefined if it must be tried again, because FIS may not know the role yet. */
  private async attempt(template: Parameters<typeof createTemplate>[1]): Promise<number | undefined> {
    const { clients, time, name } = this.options;
    try {
      const [templateId = await createTemplate(clients, template)] = this.templateIds;
      this.templateIds = [templateId];
      const token = `${name}-${this.experimentIds.length + 1}`;
      const id = await startExperiment(clients, templateId, token);
      this.experimentIds = [...this.experimentIds, id];
      const state = await until(time, POLL_MS, ACTION_MAX_MS, async () => {
        const seen = await readExperiment(clients, id);
        return seen.kind === 'beginning' ? undefined : seen;
      });
      if (state === undefined) throw new Failed(`the experiment ${id} does not begin`);
      if (state.kind !== 'failed') return state.startedAtMs ?? time.now();
      this.failure = `${id}: ${state.reason}`;
      return undefined;
    } catch (error) {
      if (error instanceof Failed || FINAL.includes(codeOf(error)) || !isOfAws(error)) throw error;
      this.failure = reasonOf(error);
      return undefined;
    }
  }
}

/** Errors of the SDK have metadata. */
function isOfAws(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}
