/**
 * AWS Fault Injection Service, simulated at the SDK's `send()`: experiments that interrupt Spot Instances.
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions
 */
import {
  ConflictException,
  CreateExperimentTemplateCommand,
  DeleteExperimentTemplateCommand,
  GetExperimentCommand,
  ListExperimentTemplatesCommand,
  ResourceNotFoundException,
  StartExperimentCommand,
  StopExperimentCommand,
  ValidationException,
  type FisClient,
} from '@aws-sdk/client-fis';
import type { Clock } from '../time/clock';
import type { Random } from '../time/random';

export interface FaultInjectionOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether the role may interrupt the instance. */
  readonly mayInterrupt: (roleArn: string, instanceArn: string) => boolean;
  /** @throws Error if it is not a Spot Instance */
  readonly interrupt: (instanceId: string) => void;
}

type TemplateInput = CreateExperimentTemplateCommand['input'];

interface Template {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly roleArn: string;
  readonly action: string;
  readonly instanceArn: string;
}

interface Experiment {
  readonly id: string;
  readonly template: Template;
  readonly startedAt: number;
  status: 'initiating' | 'running' | 'completed' | 'stopped' | 'failed';
  reason: string;
  actingAt?: number;
}

const ACTION_ID = 'aws:ec2:send-spot-instance-interruptions';
const NOTICE = 'PT2M';
const NOTICE_MS = 120_000;
/** Between the start of an experiment and that of its action. AWS does not document it. */
const INITIATING_MS = 2_000;
const $metadata = { httpStatusCode: 400 };

export class LocalFaultInjection {
  readonly client: Pick<FisClient, 'send'>;
  private readonly templates = new Map<string, Template>();
  private readonly experiments = new Map<string, Experiment>();

  constructor(private readonly options: FaultInjectionOptions) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  templateIds(): readonly string[] {
    return [...this.templates.keys()];
  }

  /** The states of all experiments, in the order of their starts. */
  statuses(): readonly string[] {
    return [...this.experiments.values()].map(({ status }) => status);
  }

  private perform(command: unknown): object {
    if (command instanceof CreateExperimentTemplateCommand) return this.createTemplate(command.input);
    if (command instanceof ListExperimentTemplatesCommand) return this.listTemplates();
    if (command instanceof DeleteExperimentTemplateCommand) return this.deleteTemplate(command.input.id);
    if (command instanceof StartExperimentCommand) return this.start(command.input.experimentTemplateId);
    if (command instanceof GetExperimentCommand) return { experiment: shape(this.experiment(command.input.id)) };
    if (command instanceof StopExperimentCommand) return this.stop(this.experiment(command.input.id));
    throw new Error(`${(command as object).constructor.name} is not supported by the local FIS`);
  }

  private createTemplate(input: TemplateInput): object {
    const { roleArn = '', tags = {} } = input;
    const id = `EXT${this.options.random.hex(14)}`;
    this.templates.set(id, { id, tags, roleArn, ...interruptionIn(input) });
    return { experimentTemplate: { id, tags, roleArn } };
  }

  private listTemplates(): object {
    return { experimentTemplates: [...this.templates.values()].map(({ id, tags }) => ({ id, tags })) };
  }

  private deleteTemplate(id = ''): object {
    this.template(id);
    this.templates.delete(id);
    return { experimentTemplate: { id } };
  }

  private start(templateId = ''): object {
    const { clock, random } = this.options;
    const template = this.template(templateId);
    const id = `EXP${random.hex(14)}`;
    const experiment: Experiment = { id, template, startedAt: clock.now(), status: 'initiating', reason: '' };
    this.experiments.set(id, experiment);
    clock.setTimeout(() => this.act(experiment), INITIATING_MS);
    return { experiment: shape(experiment) };
  }

  private act(experiment: Experiment): void {
    if (experiment.status !== 'initiating') return;
    const { clock, mayInterrupt, interrupt } = this.options;
    const { roleArn, instanceArn } = experiment.template;
    try {
      if (!mayInterrupt(roleArn, instanceArn)) throw new Error(`${roleArn} cannot be assumed or lacks permissions`);
      interrupt(instanceArn.slice(instanceArn.indexOf('/') + 1));
    } catch (error) {
      experiment.status = 'failed';
      experiment.reason = error instanceof Error ? error.message : String(error);
      return;
    }
    experiment.status = 'running';
    experiment.actingAt = clock.now();
    clock.setTimeout(() => {
      if (experiment.status === 'running') experiment.status = 'completed';
    }, NOTICE_MS);
  }

  /** What was sent stays sent. */
  private stop(experiment: Experiment): object {
    if (experiment.status !== 'initiating' && experiment.status !== 'running') {
      throw new ConflictException({ message: `${experiment.id} is ${experiment.status}`, $metadata });
    }
    experiment.status = 'stopped';
    return { experiment: shape(experiment) };
  }

  private template(id: string): Template {
    const template = this.templates.get(id);
    if (template !== undefined) return template;
    throw new ResourceNotFoundException({ message: `Experiment template ${id} does not exist.`, $metadata });
  }

  private experiment(id = ''): Experiment {
    const experiment = this.experiments.get(id);
    if (experiment !== undefined) return experiment;
    throw new ResourceNotFoundException({ message: `Experiment ${id} does not exist.`, $metadata });
  }
}

/** @throws ValidationException for everything but one interruption of one instance, two minutes ahead */
function interruptionIn(input: TemplateInput): Pick<Template, 'action' | 'instanceArn'> {
  const [[name, action], ...otherActions] = entriesOf(input.actions);
  const instanceArn = instanceIn(input.targets?.[action?.targets?.['SpotInstances'] ?? '']);
  const isValid = [
    isDescribed(input),
    action?.actionId === ACTION_ID && otherActions.length === 0,
    action?.parameters?.['durationBeforeInterruption'] === NOTICE,
  ];
  if (isValid.every(Boolean) && instanceArn !== undefined) return { action: name, instanceArn };
  throw new ValidationException({ message: 'The experiment template is invalid, or is not simulated.', $metadata });
}

type Action = NonNullable<TemplateInput['actions']>[string];

function entriesOf(actions: TemplateInput['actions']): readonly [[string, Action | undefined], ...[string, Action][]] {
  const [first = ['', undefined] as [string, undefined], ...others] = Object.entries(actions ?? {});
  return [first, ...others];
}

type Target = NonNullable<TemplateInput['targets']>[string];

function instanceIn(target: Target | undefined): string | undefined {
  const { resourceType, selectionMode, resourceArns: [arn = '', ...others] = [] } = target ?? {};
  const isOneInstance = /^arn:aws:ec2:[a-z0-9-]+:\d{12}:instance\/i-/.test(arn) && others.length === 0;
  return resourceType === 'aws:ec2:spot-instance' && selectionMode === 'ALL' && isOneInstance ? arn : undefined;
}

function isDescribed({ clientToken = '', description, stopConditions }: TemplateInput): boolean {
  const [stop] = stopConditions ?? [];
  return clientToken !== '' && description !== undefined && stop?.source === 'none';
}

function shape({ id, template, startedAt, status, reason, actingAt }: Experiment): object {
  const startTime = actingAt === undefined ? {} : { startTime: new Date(actingAt) };
  return {
    id,
    experimentTemplateId: template.id,
    state: { status, ...(reason !== '' && { reason }) },
    startTime: new Date(startedAt),
    actions: { [template.action]: { actionId: ACTION_ID, ...startTime } },
  };
}
