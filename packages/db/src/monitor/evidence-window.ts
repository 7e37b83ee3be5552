/** What the numbers of a finding cover: this moment, or everything since `from`. */
export interface EvidenceWindow {
  /** ISO 8601; null for numbers of this moment. */
  from: string | null;
  basis: 'now' | 'statistics reset' | 'server start' | 'observation';
}
