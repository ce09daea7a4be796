// Every page of the menu: its address, icon and text. A new page is a row here and a route.
import type { IconName } from './icons';

export interface PageEntry {
  path: string;
  icon: IconName;
  text: string;
}

export interface PageGroup {
  text: string;
  pages: PageEntry[];
}

export const PAGE_GROUPS: PageGroup[] = [
  {
    text: 'shell.group.watch',
    pages: [
      { path: '/', icon: 'overview', text: 'overview.title' },
      { path: '/notices', icon: 'notices', text: 'notices.title' },
      { path: '/calls', icon: 'calls', text: 'calls.title' },
      { path: '/records', icon: 'records', text: 'records.title' },
      { path: '/traces', icon: 'traces', text: 'traces.title' },
    ],
  },
  {
    text: 'shell.group.telephony',
    pages: [
      { path: '/users', icon: 'users', text: 'users.title' },
      { path: '/groups', icon: 'groups', text: 'groups.title' },
      { path: '/phones', icon: 'phones', text: 'phones.title' },
      { path: '/numbers', icon: 'numbers', text: 'numbers.title' },
      { path: '/subscriptions', icon: 'subscriptions', text: 'subscriptions.title' },
      { path: '/lines', icon: 'lines', text: 'lines.title' },
    ],
  },
  {
    text: 'shell.group.system',
    pages: [
      { path: '/addresses', icon: 'shield', text: 'addresses.title' },
      { path: '/mail', icon: 'mail', text: 'mail.title' },
      { path: '/certificates', icon: 'certificate', text: 'certificates.title' },
      { path: '/settings', icon: 'settings', text: 'settings.title' },
    ],
  },
];

export const ALL_PAGES = PAGE_GROUPS.flatMap((group) => group.pages);
