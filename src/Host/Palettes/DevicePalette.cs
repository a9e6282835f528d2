using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Palettes;

/// <summary>The palette <c>device</c>.</summary>
internal static class DevicePalette
{
    public static Palette Palette { get; } = new("device", "Show the cluster's devices.",
    [
        new(new("show", "Show every device: its memory, how many pipelines it takes, and which use it.", []), (_, _) => CommandAction.Ask.For<DeviceList>(new ListDevices(), Text)),
    ]);

    private static string Text(DeviceList list)
    {
        if (list.Devices.Count == 0)
        {
            return "no devices: no node with the role worker is up";
        }

        var table = new TextTable("device", ">memory", ">pipelines", "used by", "note");
        foreach (var device in list.Devices)
        {
            table.Add(
                device.Device.ToString(),
                Bytes.Text(device.MemoryBytes),
                $"{Numbers.Count(device.Users.Count)}/{Numbers.Count(device.Capacity)}",
                string.Join(' ', device.Users),
                device.Leaving ? "its node leaves" : "");
        }

        return table.ToPlain().TrimEnd('\n');
    }
}
