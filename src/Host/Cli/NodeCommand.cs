using System.CommandLine;
using System.Text.Json.Nodes;
using Akka.Event;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Host.Commands;
using SpikeTrail.Host.Live;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Host.Telemetry;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail node</c>: one node of a cluster, until it is told to stop.</summary>
internal static class NodeCommand
{
    private static readonly TimeSpan RejoinDelay = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "The node's settings, a HOCON file over hocon/node.conf.", HelpName = "FILE" };
        var roles = new Option<string?>("--roles") { Description = "What it is to the cluster: supervisor, worker or both.", HelpName = "supervisor,worker" };
        var port = new Option<string?>("--port") { Description = "The port for other nodes.", HelpName = "PORT" };
        var join = new Option<string?>("--join") { Description = "Nodes that let it in; the first of them begins a cluster when it is alone.", HelpName = "HOST:PORT[,…]" };
        var commands = new Option<string?>("--commands") { Description = "The port for commands.", HelpName = "PORT" };
        var web = new Option<string?>("--web") { Description = "The port of the live page.", HelpName = "PORT" };
        var campaigns = new Option<string?>("--campaigns") { Description = "The folder of all campaigns, shared by all nodes.", HelpName = "DIR" };
        var data = CampaignOptions.Data();
        var set = new Option<string[]>("--set") { Description = "Override one key of the settings, such as spiketrail.node.drain-seconds=5; may be given several times.", HelpName = "key=value", DefaultValueFactory = _ => [] };
        var command = new Command("node", "Run one node of a cluster, until Ctrl+C. `spiketrail cmd` talks to it.") { config, roles, port, join, commands, web, campaigns, data, set };
        command.SetAction(async parsed =>
        {
            NodeOption?[] options =
            [
                Given(parsed, roles, "node.roles", List),
                Given(parsed, port, "node.port", text => text),
                Given(parsed, join, "node.seed-nodes", List),
                Given(parsed, commands, "commands.port", text => text),
                Given(parsed, web, "web.port", text => text),
                Given(parsed, campaigns, "node.campaigns", text => text),
                Given(parsed, data, "node.data", text => CampaignOptions.ExistingFolder(text)),
            ];
            var settings = NodeFile.Open(parsed.GetValue(config), options.OfType<NodeOption>(), parsed.GetRequiredValue(set));
            return await RunAsync(NodeFile.ReadNode(settings), CommandEndpoint.Read(settings.Section("commands")), LiveEndpoint.Read(settings.Section("web")), OtlpSettings.Read(settings.Section("telemetry").Section("otlp")));
        });
        return command;
    }

    private static NodeOption? Given(ParseResult parsed, Option<string?> option, string key, Func<string, JsonNode?> value) =>
        parsed.GetValue(option) is { } text && value(text) is { } node ? new(option.Name, key, node) : null;

    private static JsonArray List(string text) => new([.. text.Split(',').Select(element => (JsonNode)element.Trim())]);

    /// <summary>
    /// Runs a node until it is told to stop. One that the rest of the cluster has given up, because it could not be reached for
    /// too long, ends its actor system and begins again: it holds nothing that the others do not.
    /// </summary>
    private static async Task<int> RunAsync(NodeSettings settings, CommandEndpoint endpoint, LiveEndpoint? web, OtlpSettings? otlp)
    {
        using var interruption = new Interruption(() => Console.Error.WriteLine("leaving the cluster as soon as the work in hand is done; again to end at once"));
        var expelled = false;
        while (true)
        {
            var node = NodeSystem.Start(settings, expelled);
            using (OtlpExport.Start(otlp, node.Address))
            await using (var commands = await TakeCommandsAsync(node, endpoint))
            await using (var page = await OpenPageAsync(node, web))
            {
                Announce(node, commands, page, expelled);
                var ended = node.System.WhenTerminated;
                await Task.WhenAny(ended, Task.Delay(Timeout.InfiniteTimeSpan, interruption.Token));
                if (!ended.IsCompleted)
                {
                    await node.StopAsync();
                }

                await ended;
            }

            if (!node.WasExpelled)
            {
                Console.WriteLine($"node {node.Address} has left");
                return ExitCode.Done;
            }

            expelled = true;
            Console.WriteLine($"node {node.Address} was taken out of the cluster: the others could not reach it for too long, or an operator had it taken out; joining again in {RejoinDelay.TotalSeconds} s");
            await Task.WhenAny(Task.Delay(RejoinDelay, interruption.Token));
            if (interruption.Requested)
            {
                return ExitCode.Done;
            }
        }
    }

    /// <summary>Says what the node waits for, and, once it is one of its cluster, that it is up.</summary>
    private static void Announce(NodeSystem node, CommandServer commands, LiveServer? page, bool expelled)
    {
        var (name, campaigns) = ($"node {node.Address} [{string.Join(", ", node.Settings.Roles)}]", node.Settings.Campaigns);
        if (node.Asked.Count > 0)
        {
            var alone = !expelled && node.Settings.SeedNodes[0] == node.Address ? "; it begins the cluster if none of them answers" : "";
            Console.WriteLine($"{name} listens, and waits to be let in by {string.Join(" or ", node.Asked)}{alone}");
        }

        var live = page is null ? "" : $"; live page at {page.Address}";
        node.WhenUp(() => Console.WriteLine($"{name} is up; commands at {commands.Address}{live}; campaigns in {campaigns}"));
    }

    /// <summary>Opens the live page. A node that cannot says so and works without: nothing hangs on it.</summary>
    private static async Task<LiveServer?> OpenPageAsync(NodeSystem node, LiveEndpoint? web)
    {
        if (web is null)
        {
            return null;
        }

        try
        {
            var source = new LiveSource($"node {node.Address}", Task.FromResult(node.Campaigns), campaign => Path.Combine(node.Settings.Campaigns, campaign.Value));
            var page = await LiveServer.StartAsync(source, web);
            if (page.IsPublic)
            {
                node.System.Log.Warning("the live page at {0} can be seen from other machines, by anybody there: spiketrail.web.host = 127.0.0.1 keeps it here", page.Address);
            }

            return page;
        }
        catch (InputException refusal)
        {
            node.System.Log.Warning(refusal.Message);
            Console.WriteLine($"{refusal.Message}; going on without; --web, or spiketrail.web.port, chooses another port, 0 any");
            return null;
        }
    }

    /// <summary>Opens the port for commands. A node that cannot has joined the cluster already: it leaves as it should.</summary>
    private static async Task<CommandServer> TakeCommandsAsync(NodeSystem node, CommandEndpoint endpoint)
    {
        var palettes = PaletteActor.Props(new PaletteContext(node.System, node.Campaigns, node.Settings.Campaigns));
#if PETABRIDGE_CMD
        Petabridge.PetabridgeAdapter.Register(node.System, PaletteCatalog.Grammar, palettes);
#endif
        try
        {
            return CommandServer.Start(node.System, palettes, endpoint);
        }
        catch (InputException)
        {
            await node.StopAsync();
            throw;
        }
    }
}
