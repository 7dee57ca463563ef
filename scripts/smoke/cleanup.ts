/**
 * Removes what a run has made, whatever happens. A task is added before the thing is made, because the response of the
 * call that makes it may be lost. So a task must also succeed if there is nothing to remove.
 */
import { reasonOf } from './account/aws-error';

export interface Task {
  readonly what: string;
  /** Can be called again. @throws if the thing may still exist */
  readonly remove: () => Promise<void>;
  /** The shell command that removes it by hand. */
  readonly command: () => string;
}

/** Something that could not be removed. */
export interface Leftover {
  readonly what: string;
  readonly reason: string;
  readonly command: string;
}

export class Cleanup {
  private tasks: readonly Task[] = [];

  constructor(private readonly tell: (line: string) => void) {}

  add(task: Task): void {
    this.tasks = [...this.tasks, task];
  }

  /** Removes one thing before the end of the run. If that fails, it is tried again at the end. @throws as the task does */
  async finish(task: Task): Promise<void> {
    await task.remove();
    this.tasks = this.tasks.filter((each) => each !== task);
    this.tell(`removed: ${task.what}`);
  }

  /** The last made is removed first. A failure does not keep the others. */
  async finishAll(): Promise<readonly Leftover[]> {
    const leftovers: Leftover[] = [];
    for (const task of this.tasks.toReversed()) {
      try {
        await this.finish(task);
      } catch (error) {
        leftovers.push(leftoverOf(task, reasonOf(error)));
        this.tell(`NOT removed: ${task.what}: ${reasonOf(error)}`);
      }
    }
    return leftovers;
  }

  /** What would be left over if the run ended now. */
  pending(reason: string): readonly Leftover[] {
    return this.tasks.toReversed().map((task) => leftoverOf(task, reason));
  }
}

function leftoverOf({ what, command }: Task, reason: string): Leftover {
  return { what, reason, command: command() };
}
