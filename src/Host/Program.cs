using SpikeTrail.Host.Cli;

return await CommandLine.RunAsync(args);
