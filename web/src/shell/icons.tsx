// The page's icons: strokes on a 24 grid, named after what they stand for.
const PATHS = {
  overview: 'M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z',
  calls: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1zM15 5a5 5 0 0 1 4 4',
  users: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20v-1a5 5 0 0 1 5-5h2a5 5 0 0 1 5 5v1M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a5 5 0 0 1 3 4.5v1',
  groups: 'M12 8.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM5.5 18.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM18.5 18.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM10.5 8.2l-3.4 5M13.5 8.2l3.4 5M8.3 15.7h7.4',
  phones: 'M4 9c0-3 3.5-4.5 8-4.5S20 6 20 9v1.5h-4V8.5H8v2H4zM6 20l1.5-7h9L18 20zM12 18a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  deviceTypes: 'M6 3h8v4H6zM4 9h12v4H4zM6 15h8v6H6zM19 4v16M17 6l2-2 2 2M17 18l2 2 2-2',
  numbers: 'M5 9h14M5 15h14M10 4 8 20M16 4l-2 16',
  records: 'M7 4h10a2 2 0 0 1 2 2v14H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM9 9h6M9 13h6M9 17h3',
  traces: 'M5 4v16M19 4v16M5 8h11m-3-3 3 3-3 3M19 16H8m3-3-3 3 3 3',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  moon: 'M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z',
  auto: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18M12 8l7.5-1M12 13l9-1M12 18l7-1',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 6 5 12 0 18M12 3c-5 6-5 12 0 18',
  user: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1',
  logout: 'M10 4H5v16h5M9 12h11m-4-4 4 4-4 4',
  minus: 'M5 12h14',
  plus: 'M12 5v14M5 12h14',
  trash: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  columns: 'M4 5h16v14H4zM9.3 5v14M14.7 5v14',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  edit: 'M4 20h4L20 8l-4-4L4 16zM13 7l4 4',
  print: 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z',
  prompts: 'M4 5h16v11h-9l-4 4v-4H4zM9 9v3M12 8v5M15 9v3',
  music: 'M9 18V5l10-2v13M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM19 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  microphone: 'M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6',
  conference: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM4 9h16M8 2v4M16 2v4M9 13h.01M12 13h.01M15 13h.01M9 16h.01M12 16h.01',
  volume: 'M4 10v4h3l5 4V6l-5 4zM15.500 9a4 4 0 0 1 0 6M18 6.500a7.500 7.500 0 0 1 0 11',
  voicemail: 'M6.500 16a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM17.500 16a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM6.500 16h11',
  play: 'M8 5l11 7-11 7z',
  stop: 'M7 7h10v10H7z',
  restore: 'M5 9h9a5 5 0 0 1 0 10h-4M5 9l4-4M5 9l4 4',
  upload: 'M12 15V4m-4 4 4-4 4 4M4 15v5h16v-5',
  download: 'M12 4v11m-4-4 4 4 4-4M4 15v5h16v-5',
  check: 'M5 12l5 5L20 7',
  warning: 'M12 4 2.5 20h19zM12 10v4M12 17v.1',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  left: 'M15 6l-6 6 6 6',
  right: 'M9 6l6 6-6 6',
  sort: 'M8 10l4-4 4 4M8 14l4 4 4-4',
  close: 'M6 6l12 12M18 6 6 18',
  hangup: 'M3 14c0-3 4-5.5 9-5.5s9 2.5 9 5.5v1.5l-5 .8-1-3h-6l-1 3-5-.8z',
  notices: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4',
  subscriptions: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  providers: 'M4 20V9l8-5 8 5v11M9 20v-6h6v6M4 20h16M12 8v2',
  lines: 'M4 12h5M15 12h5M9 8v8h6V8zM12 4v4M12 16v4',
  routing: 'M4 6h4c4 0 4 12 8 12h4m-3-3 3 3-3 3M4 18h4c1.4 0 2.300-1.500 3-3.500M13 9.500c.700-2 1.600-3.500 3-3.500h4m-3-3 3 3-3 3',
  emergency: 'M12 3v3M4 9l2.500 1.500M20 9l-2.500 1.500M8 17v-3a4 4 0 0 1 8 0v3M5 20.500h14V17H5z',
  site: 'M12 21s-7-6.200-7-11a7 7 0 0 1 14 0c0 4.800-7 11-7 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  routeTest: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM20 20l-4.700-4.700M8 9.500h.1M10.500 9.500h.1M13 9.500h.1M8 12h.1M10.500 12h.1M13 12h.1',
  certificate: 'M12 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM9 13l-1.5 8L12 18.5l4.5 2.5L15 13',
  shield: 'M12 3l8 3v6c0 4.5-3.4 7.7-8 9-4.6-1.3-8-4.5-8-9V6zM9 12l2 2 4-4',
  changes: 'M4 12a8 8 0 1 0 3-6.2M4 4v4h4M12 8v4l3 2',
  mail: 'M3 6h18v12H3zM3 7l9 6 9-6',
  pause: 'M8 5v14M16 5v14',
  resume: 'M7 4.5v15l12-7.5z',
  logs: 'M4 6h16M4 10h10M4 14h16M4 18h8',
  noEntry: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM7 12h10',
  keypad: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  key: 'M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 12l8-8M16 7l3 3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
