/**
 * Types for what the user writes. Nothing is checked here: the API knows every rule, and names every fault. A second set
 * of rules could only differ from it.
 */
import * as z from 'zod';
import type { Schemas } from '../api/client';
import type { paths } from '../api/schema';

type BodyOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  requestBody?: { content: { 'application/json': infer Body } };
}
  ? NonNullable<Body>
  : never;

export const uncheckedNode = z.custom<Schemas['ManagedInstance']>();
export const uncheckedPatch = z.custom<Schemas['ManagedInstancePatch']>();
export const uncheckedImport = z.custom<BodyOf<'/aws/ec2/managedInstance/migration', 'post'>['migration']>();
