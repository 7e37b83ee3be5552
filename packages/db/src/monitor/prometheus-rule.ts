/** One alerting rule of Prometheus. */
export interface Rule {
  alert: string;
  expr: string;
  severity: 'warning' | 'critical';
  /** The check it stands for; absent where the series tells it, or there is none. */
  check?: string;
  summary: string;
  /** Overrides ALERT_FOR. */
  forMs?: number;
}

/** Every process tells of the same server: one alert, not one per process. */
export const EACH_SERVER = 'without (instance, pod)';
