// The mark: a Strowger selector, its wiper resting on one contact of the banks around it.
const BANKS: [number, number][] = [
  [1.5, 19.6], [4.5, 13.9], [9.7, 9.9], [16.0, 8.5], [22.3, 9.9], [27.5, 13.9], [30.5, 19.6],
  [7.0, 20.2], [10.5, 15.6], [16.0, 13.9], [21.5, 15.6], [25.0, 20.2],
];
const PIVOT: [number, number] = [16, 23.5];
const CONTACT: [number, number] = [22.3, 9.9];

export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      {BANKS.map(([x, y]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r="1.5" fill="var(--brass)" />
      ))}
      <path d={`M${PIVOT.join(' ')}L${CONTACT.join(' ')}`} stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx={PIVOT[0]} cy={PIVOT[1]} r="3.6" fill="currentColor" />
      <circle cx={CONTACT[0]} cy={CONTACT[1]} r="2.6" fill="var(--brass)" />
    </svg>
  );
}
