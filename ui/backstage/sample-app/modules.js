// Our modules for Backstage's backend; `start --modules FILE` takes those of another file.
export const modules = [
  import('@callboard/backstage-plugin-catalog-backend-module'),
  import('@callboard/backstage-plugin-scaffolder-backend-module'),
];
