import { ActionIcon, Menu, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from './icons';

const SCHEMES: [MantineColorScheme, IconName][] = [
  ['light', 'sun'],
  ['dark', 'moon'],
  ['auto', 'auto'],
];

export function SchemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const icon = SCHEMES.find(([name]) => name === colorScheme)?.[1] ?? 'auto';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('shell.scheme.title')}>
          <ActionIcon variant="transparent" color="white" aria-label={t('shell.scheme.title')}>
            <Icon name={icon} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(([name, symbol]) => (
          <Menu.Item
            key={name}
            leftSection={<Icon name={symbol} size={16} />}
            rightSection={name === colorScheme ? <Icon name="check" size={14} /> : null}
            onClick={() => setColorScheme(name)}
          >
            {t(`shell.scheme.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
