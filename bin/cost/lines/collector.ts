/** The processes that listen. */
import { at, ofType, type Month } from '../month.ts';
import { line, type Line } from './line.ts';

export function tasks(month: Month): Line[] {
  const [service] = ofType(month.resources, 'AWS::ECS::Service');
  const [task] = ofType(month.resources, 'AWS::ECS::TaskDefinition');
  // Each of them listens to every venue, or stands by.
  const count = Number(service?.properties['DesiredCount'] ?? 1);
  const arm = at(task?.properties, 'RuntimePlatform', 'CpuArchitecture') === 'ARM64';
  const vcpu = Number(task?.properties['Cpu'] ?? 0) / 1024;
  const gb = Number(task?.properties['Memory'] ?? 0) / 1024;
  const hours = count * month.profile.hoursAMonth;
  const from = `${count} collectors × ${month.profile.hoursAMonth} h`;
  return [
    line(
      month,
      'Fargate',
      'processors',
      arm ? 'fargateVcpuHourArm' : 'fargateVcpuHourX86',
      hours * vcpu,
      `${from} × ${vcpu} vCPU`,
    ),
    line(
      month,
      'Fargate',
      'memory',
      arm ? 'fargateGbHourArm' : 'fargateGbHourX86',
      hours * gb,
      `${from} × ${gb} GB`,
    ),
    line(month, 'VPC', 'public addresses', 'publicAddressHour', hours, from),
  ];
}

export function insights(month: Month): Line[] {
  const measured = ofType(month.resources, 'AWS::ECS::Cluster').filter(
    ({ properties }) => at(properties, 'ClusterSettings', '0', 'Value') !== 'disabled',
  );
  const quantity = measured.length * month.profile.insightsMetrics;
  return [
    line(
      month,
      'CloudWatch',
      'Container Insights',
      'metric',
      quantity,
      `${month.profile.insightsMetrics} metrics of a cluster`,
    ),
  ];
}
