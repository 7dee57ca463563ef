/** The checks of every request: no parameter is ignored silently, and none is missing. */
import { ec2Error, NotSimulated } from './ec2-error';

/** A command's output without the metadata that the SDK adds. */
export type Without$metadata<Output> = Omit<Output, '$metadata'>;

/** @throws NotSimulated for a parameter that is given and not in the list */
export function allowOnly<T extends object>(where: string, given: T, names: readonly (keyof T & string)[]): void {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(names as readonly string[]).includes(name)) {
      throw new NotSimulated(`the parameter ${name} of ${where}`);
    }
  }
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    throw ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
  }
  return value;
}

export function combination(message: string): Error {
  return ec2Error('InvalidParameterCombination', message);
}

export function badValue(message: string): Error {
  return ec2Error('InvalidParameterValue', message);
}
