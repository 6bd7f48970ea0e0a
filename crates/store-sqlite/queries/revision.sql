-- Another number whenever another connection, of whatever process, has committed something.
PRAGMA data_version
