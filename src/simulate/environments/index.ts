/** Profiles of many environments, each of which intervenes on few latents of one causal graph. */
export { simulateEnvironments } from './environments.js';
export {
  ENVIRONMENT_FUNCTIONS,
  ENVIRONMENT_GRAPHS,
  ENVIRONMENT_INTERVENTIONS,
  type EnvironmentsOptions,
  PROFILES_OF_THE_COMMAND,
  type SystemOptions,
} from './options.js';
export { type EnvironmentProfiles, type EnvironmentSystem, environmentSystem } from './system.js';
