/** Grafana's dashboards: what is written here is what lies in observability/grafana/dashboards. */
import { join } from 'node:path';
import { marketDashboard } from './market-dashboard.ts';
import { platformDashboard } from './platform-dashboard.ts';

export interface DashboardFile {
  readonly path: string;
  readonly dashboard: ReturnType<ReturnType<typeof marketDashboard>['build']>;
  readonly text: string;
}

const FOLDER = join(import.meta.dirname, '../../observability/grafana/dashboards');

export function dashboardFiles(): readonly DashboardFile[] {
  return [
    { name: 'market', dashboard: marketDashboard().build() },
    { name: 'platform', dashboard: platformDashboard().build() },
  ].map(({ name, dashboard }) => ({
    path: join(FOLDER, `${name}.json`),
    dashboard,
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
}
