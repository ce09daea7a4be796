// Keeps live data flowing while somebody is logged in.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { joinLive } from './channel';

const Connected = createContext(true);

export function useLiveConnected() {
  return useContext(Connected);
}

const GRACE_MS = 2000; // no alarm for the moment a start takes

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connected, setConnected] = useState(false);
  const [alarmed, setAlarmed] = useState(false);

  useEffect(() => joinLive(client, setConnected), [client]);
  useEffect(() => {
    if (connected) {
      setAlarmed(false);
      return;
    }
    const timer = setTimeout(() => setAlarmed(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [connected]);

  return <Connected.Provider value={!alarmed}>{children}</Connected.Provider>;
}
