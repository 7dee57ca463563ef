/** What the API, API Gateway and the simulator say when they refuse a request. */
import * as z from 'zod';
import { Failed, NotFound } from '../failures';

const fault = z.object({ message: z.string(), code: z.string().optional(), field: z.string().optional() });

type Fault = z.infer<typeof fault>;

/** The envelope of the API, the simulator's list, and API Gateway's sentence. */
const refusalBody = z.union([
  z.object({ response: z.object({ errors: z.array(fault).min(1) }) }).transform(({ response }) => response.errors),
  z.object({ errors: z.array(fault).min(1) }).transform(({ errors }) => errors),
  z.object({ message: z.string() }).transform((only): readonly Fault[] => [only]),
]);

const timed = z.object({ request: z.object({ timestamp: z.string() }) });

const MISSING: readonly string[] = ['MANAGED_INSTANCE_DOESNT_EXIST', 'MIGRATION_DOESNT_EXIST'];

const HINTS: Readonly<Record<string, string>> = {
  NOT_FOUND:
    'The deployment does not have what this command needs. Is it up to date? Only `npm start` has a simulator.',
  UNAUTHORIZED: 'Is it the token of this deployment? `holdfast --help` says where the token comes from.',
  TABLE_IN_DOUBT: '`holdfast deployment` shows what is in doubt, and `holdfast rebuild` repairs it.',
};

/** One line for each fault, with its field. */
export function refusal(status: number, body: unknown): Failed | NotFound {
  const { data } = refusalBody.safeParse(body);
  if (data === undefined) return new Failed(`The API responded with status ${status}, and not in its own format.`);
  const lines = data.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`));
  const hints = new Set(data.flatMap(({ code = '' }) => HINTS[code] ?? []));
  const isMissing = data.every(({ code }) => code !== undefined && MISSING.includes(code));
  return isMissing
    ? new NotFound(lines, timed.safeParse(body).data?.request.timestamp)
    : new Failed(...lines, ...hints);
}
