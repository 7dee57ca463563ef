/** The options that every command takes: how to reach the API, and how to print. */
import * as z from 'zod';
import { flag, text } from './arguments';
import { optionShapes } from './command';

export const globalOptions = z.object({
  json: flag('Print JSON. This is the default in a pipe.'),
  url: z
    .string()
    .refine(isHttpUrl, 'must be a URL, like https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com')
    .optional()
    .register(optionShapes, {
      description: 'The URL of the API, also HOLDFAST_URL. Default: from the stack.',
      value: 'url',
    }),
  token: text(
    'token',
    'The token of the API. Other users of the machine can see it: prefer HOLDFAST_TOKEN or the stack.',
  ),
  sign: flag('With --url: sign requests with the AWS credentials, for a deployment with IAM authentication.'),
  stack: text('name', 'The CloudFormation stack to find the API in, also HOLDFAST_STACK. Default: Holdfast.'),
  region: text('region', 'The AWS Region of the deployment. Default: from the AWS configuration.'),
  profile: text('name', 'The profile of the AWS configuration.'),
});

export type GlobalOptions = z.infer<typeof globalOptions>;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options with the environment's values in place of those that are absent. An empty variable is an absent one. A
 * stack that is typed means its own URL and token, not those of the environment.
 */
export function withEnvironment(options: GlobalOptions, environment: Environment): GlobalOptions {
  const read = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  if (options.stack !== undefined) return options;
  const { url = read('HOLDFAST_URL'), token = read('HOLDFAST_TOKEN') } = options;
  return { ...options, url, token, stack: read('HOLDFAST_STACK') };
}

/** What is wrong with how the API is to be reached. */
export function connectionFaults(typed: GlobalOptions, environment: Environment): readonly string[] {
  const { url, token, sign } = withEnvironment(typed, environment);
  const faults: string[] = [];
  if (url !== undefined && !isHttpUrl(url)) faults.push('HOLDFAST_URL must be a URL, like https://nodes.example.com');
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    faults.push('the token must have only visible ASCII characters, and no spaces');
  }
  if (typed.url !== undefined && typed.stack !== undefined) faults.push('--url and --stack exclude each other');
  else if (url !== undefined && token === undefined && sign !== true) {
    faults.push(
      'a URL needs a token as well: set HOLDFAST_TOKEN, or give --sign if the deployment has IAM authentication',
    );
  }
  if (typed.token !== undefined && sign === true) faults.push('--sign and --token exclude each other');
  return faults;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(text) && URL.canParse(text);
}
