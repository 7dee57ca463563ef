/** Finds the route of a method and a path. */
import { RequestRefused } from './error-responses';
import type { PathParameters, Route } from './route';
import { routes } from './routes';

/** `template` is for the log: the path of the matching route, also if its method is refused. */
export type Match =
  | { readonly kind: 'route'; readonly template: string; readonly route: Route; readonly parameters: PathParameters }
  | { readonly kind: 'refused'; readonly template: string | undefined; readonly refusal: RequestRefused };

type Segments = readonly string[];

const known = routes.map((route) => ({ ...route, segments: segmentsOf(route.path), route }));

export function matchRoute(method: string, path: string): Match {
  const given = segmentsOf(path);
  const matching = known.filter(({ segments }) => matches(segments, given));
  const mostStatic = Math.max(...matching.map(({ segments }) => staticCount(segments)));
  // A static path wins over one with a parameter, whatever the method: `state` is not an id.
  const meant = matching.filter(({ segments }) => staticCount(segments) === mostStatic);
  const [template] = meant.map((candidate) => candidate.path);
  if (template === undefined) return refused(undefined, 404, 'NOT_FOUND', 'This path does not exist.');
  const found = meant.find((candidate) => candidate.method === method);
  if (found === undefined) {
    const allowed = meant.map((candidate) => candidate.method).join(', ');
    return refused(template, 400, 'METHOD_NOT_ALLOWED', `This path supports only ${allowed}.`);
  }
  return { kind: 'route', template, route: found.route, parameters: parametersIn(found.segments, given) };
}

function parametersIn(segments: Segments, given: Segments): PathParameters {
  const named = segments.flatMap((segment, index) =>
    isParameter(segment) ? [[segment.slice(1, -1), given[index] ?? '']] : [],
  );
  return Object.fromEntries(named) as PathParameters;
}

/** Ignores a trailing slash. */
function segmentsOf(path: string): Segments {
  return path.replace(/\/$/, '').split('/').slice(1);
}

function matches(segments: Segments, given: Segments): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, index) => (isParameter(segment) ? given[index] !== '' : segment === given[index]))
  );
}

function staticCount(segments: Segments): number {
  return segments.filter((segment) => !isParameter(segment)).length;
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

/** A method that is not supported gets 400 too: the contract has no 405. */
function refused(template: string | undefined, status: 400 | 404, code: string, message: string): Match {
  return { kind: 'refused', template, refusal: new RequestRefused(status, { code, message }) };
}
