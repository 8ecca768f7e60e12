//! Simulator drivers, recording, replay and power-failure campaigns.
