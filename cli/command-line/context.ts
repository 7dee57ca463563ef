/** What a command may use. */
import type { Api } from '../api/client';
import type { Connection } from '../connection/connection';
import type { Shell } from '../shell';
import type { Style } from '../output/style';

export interface Context {
  readonly shell: Shell;
  /** Whether the output is for a program. */
  readonly isJson: boolean;
  /** The style of the standard error, where progress is shown. */
  readonly progressStyle: Style;
  /** Finds the API on the first call. @throws Failed if it cannot be found */
  readonly api: () => Promise<Api>;
  /** Where the API is. @throws Failed if it cannot be found */
  readonly connection: () => Promise<Connection>;
}
