// The mark: a Strowger selector seen from above, wipers on a shaft before its banks of contacts.
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <g fill="none" strokeLinecap="round">
        <path d="M5 20.5a12.6 12.6 0 0 1 22 0" stroke="var(--brass)" strokeWidth="2.4" strokeDasharray="0.1 4.6" />
        <path d="M8.8 23a8.6 8.6 0 0 1 14.4 0" stroke="var(--brass)" strokeWidth="2" strokeDasharray="0.1 3.9" />
        <path d="M16 28V5" stroke="currentColor" strokeWidth="2.4" />
        <path d="M16 11.5l8 6" stroke="currentColor" strokeWidth="2.4" />
      </g>
      <circle cx="16" cy="11.5" r="2.8" fill="var(--brass)" />
    </svg>
  );
}
