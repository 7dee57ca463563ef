/** An experiment of AWS FIS that interrupts one Spot Instance, as EC2 does when it takes capacity back. */
import {
  CreateExperimentTemplateCommand,
  DeleteExperimentTemplateCommand,
  GetExperimentCommand,
  ListExperimentTemplatesCommand,
  StartExperimentCommand,
  StopExperimentCommand,
} from '@aws-sdk/client-fis';
import { Failed } from '../../../cli/failures';
import { RUN_TAG } from '../tag';
import { unlessMissing } from './aws-error';
import type { Clients } from './clients';

type Fis = Pick<Clients, 'fis'>;

const ACTION = 'interrupt';

export interface TemplateOptions {
  readonly name: string;
  readonly runId: string;
  readonly roleArn: string;
  readonly instanceArn: string;
}

/**
 * Returns the template's id. The warning comes at once, because EC2 sends it two minutes before the end.
 * Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions
 * @throws an error of the SDK
 */
export async function createTemplate({ fis }: Fis, options: TemplateOptions): Promise<string> {
  const { name, runId, roleArn, instanceArn } = options;
  const { experimentTemplate } = await fis.send(
    new CreateExperimentTemplateCommand({
      clientToken: name,
      description: 'Made by the smoke test of Holdfast, which removes it',
      roleArn,
      stopConditions: [{ source: 'none' }],
      targets: {
        node: { resourceType: 'aws:ec2:spot-instance', resourceArns: [instanceArn], selectionMode: 'ALL' },
      },
      actions: {
        [ACTION]: {
          actionId: 'aws:ec2:send-spot-instance-interruptions',
          parameters: { durationBeforeInterruption: 'PT2M' },
          targets: { SpotInstances: 'node' },
        },
      },
      tags: { Name: name, [RUN_TAG]: runId },
    }),
  );
  if (experimentTemplate?.id === undefined) throw new Failed('CreateExperimentTemplate returned no template.');
  return experimentTemplate.id;
}

/** Finds the template by its name: the response of its creation may have been lost. */
export async function findTemplates({ fis }: Fis, name: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await fis.send(new ListExperimentTemplatesCommand({ nextToken }));
    for (const { id, tags } of page.experimentTemplates ?? [])
      if (id !== undefined && tags?.['Name'] === name) ids.push(id);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return ids;
}

/** @throws an error of the SDK if it still exists after that */
export async function deleteTemplate({ fis }: Fis, id: string): Promise<void> {
  await unlessMissing(fis.send(new DeleteExperimentTemplateCommand({ id })), 'ResourceNotFoundException');
}

/** Returns the experiment's id. @param clientToken another one for each attempt */
export async function startExperiment({ fis }: Fis, templateId: string, clientToken: string): Promise<string> {
  const command = new StartExperimentCommand({ experimentTemplateId: templateId, clientToken });
  const { experiment } = await fis.send(command);
  if (experiment?.id === undefined) throw new Failed('StartExperiment returned no experiment.');
  return experiment.id;
}

export interface ExperimentState {
  readonly kind: 'beginning' | 'acting' | 'completed' | 'failed';
  readonly reason: string;
  /** When the action began, or the experiment if FIS does not say it, in milliseconds since 1970. */
  readonly startedAtMs: number | undefined;
}

/** Source: https://docs.aws.amazon.com/fis/latest/APIReference/API_ExperimentState.html */
const BEGINNING: readonly string[] = ['pending', 'initiating'];
const ENDED_BADLY: readonly string[] = ['failed', 'stopped', 'stopping', 'cancelled'];

export async function readExperiment({ fis }: Fis, id: string): Promise<ExperimentState> {
  const { experiment = {} } = await fis.send(new GetExperimentCommand({ id }));
  const { status = 'pending', reason = status } = experiment.state ?? {};
  const actingSince = experiment.actions?.[ACTION]?.startTime;
  return {
    kind: kindOf(status, actingSince !== undefined),
    reason,
    startedAtMs: (actingSince ?? experiment.startTime)?.getTime(),
  };
}

/** The experiment runs before its action does. */
function kindOf(status: string, isActing: boolean): ExperimentState['kind'] {
  if (ENDED_BADLY.includes(status)) return 'failed';
  if (status === 'completed') return 'completed';
  return isActing && !BEGINNING.includes(status) ? 'acting' : 'beginning';
}

/** Ends an experiment that may still run. What it has sent stays sent. @throws an error of the SDK */
export async function stopExperiment({ fis }: Fis, id: string): Promise<void> {
  const state = await readExperiment({ fis }, id);
  if (state.kind === 'failed' || state.kind === 'completed') return;
  // It may end between the two calls.
  await unlessMissing(fis.send(new StopExperimentCommand({ id })), 'ResourceNotFoundException', 'ConflictException');
}
