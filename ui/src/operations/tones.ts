/** How grave a word is, as a tone of its badge. */
export type Tone = 'good' | 'busy' | 'calm' | 'warn' | 'bad'

const STATUS_TONES: Record<string, Tone> = {
  running: 'busy',
  waiting: 'busy',
  succeeded: 'good',
  failed: 'bad',
  missed: 'bad',
}

export function statusTone(status: string): Tone {
  return STATUS_TONES[status] ?? 'calm'
}

const SEVERITY_TONES: Record<string, Tone> = { critical: 'bad', high: 'bad', medium: 'warn' }

export function severityTone(severity: string): Tone {
  return SEVERITY_TONES[severity] ?? 'calm'
}

const HELD_TONES: Record<string, Tone> = { held: 'warn', released: 'good', corrected: 'good' }

export function heldTone(state: string): Tone {
  return HELD_TONES[state] ?? 'calm'
}

const VERDICT_TONES: Record<string, Tone> = { treatment_better: 'good', control_better: 'warn' }

export function verdictTone(verdict: string): Tone {
  return VERDICT_TONES[verdict] ?? 'calm'
}
